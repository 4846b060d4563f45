"""What somebody earned; the database refuses to change what a record says."""

import uuid

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import clairevoie.credentials.models
from clairevoie.privacy import triggers


def protect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.protect(editor.connection)


def unprotect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.unprotect(editor.connection)


class Migration(migrations.Migration):

    initial = True

    dependencies = [('privacy', '0007_find_the_last_word_by_index')]

    operations = [
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='numéro')),
                ('holder', models.UUIDField(db_index=True, verbose_name='titulaire')),
                ('kind', models.CharField(choices=[('project', 'validation de projet'), ('certificate', 'certificat'), ('diploma', 'diplôme')], max_length=11, verbose_name='nature')),
                ('name', models.CharField(max_length=200, verbose_name='nom imprimé')),
                ('name_key', models.CharField(db_index=True, max_length=200)),
                ('title', models.CharField(max_length=200, verbose_name='intitulé')),
                ('result', models.CharField(max_length=200, verbose_name='résultat')),
                ('issued_on', models.DateField(verbose_name='délivré le')),
                ('made_on', models.DateField(verbose_name='document établi le')),
                ('issuer', models.CharField(max_length=200, verbose_name='délivré par')),
                ('parcours', models.CharField(max_length=80, verbose_name='parcours')),
                ('edition', models.PositiveIntegerField(verbose_name='édition')),
                ('part', models.CharField(blank=True, max_length=80, verbose_name='module')),
                ('sha256', models.CharField(max_length=64, verbose_name='sceau')),
                ('document', models.FileField(max_length=60, storage=clairevoie.credentials.models.documents, upload_to=clairevoie.credentials.models.document_path, verbose_name='document')),
                ('document_sha256', models.CharField(max_length=64, verbose_name='empreinte du document')),
                ('archived_on', models.DateField(verbose_name='en archive intermédiaire le')),
                ('replaced_by', models.CharField(blank=True, max_length=24, verbose_name='remplacé par')),
                ('revoked_on', models.DateField(blank=True, null=True, verbose_name='révoqué le')),
                ('revoked_because', models.CharField(blank=True, max_length=300, verbose_name='motif de la révocation')),
            ],
            options={
                'verbose_name': 'certificat',
                'verbose_name_plural': 'certificats',
                'permissions': [('duplicate', 'Give a duplicate of a credential'), ('reissue', 'Issue a credential again under another name'), ('revoke', 'Revoke a credential'), ('read_archive', 'Read a credential that is in the intermediate archive')],
                'indexes': [models.Index(fields=['issued_on', 'id'], name='credential_clock')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_by', ''), ('revoked_on__isnull', True)), fields=('holder', 'kind', 'parcours', 'edition', 'part'), name='credential_once'), models.CheckConstraint(condition=models.Q(('revoked_on__isnull', True), models.Q(('revoked_because', ''), _negated=True), _connector='OR'), name='credential_revoked_with_a_reason')],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
