"""A badge signed with its credential; the database refuses to change it too."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from clairevoie.privacy import triggers


def protect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.protect(editor.connection)  # SQLite rebuilt the table, and lost its triggers


def unprotect(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.unprotect(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0001_what_somebody_earned'),
    ]

    operations = [
        migrations.CreateModel(
            name='BadgeKey',
            fields=[
                ('public', models.CharField(max_length=60, primary_key=True, serialize=False, verbose_name='clé publique')),
                ('since', models.DateTimeField(verbose_name='depuis')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
            ],
            options={
                'verbose_name': 'clé des badges',
                'verbose_name_plural': 'clés des badges',
                'ordering': ['-since'],
            },
        ),
        migrations.CreateModel(
            name='BadgePlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list', models.PositiveIntegerField(verbose_name='liste')),
                ('place', models.PositiveIntegerField(verbose_name='place')),
            ],
            options={
                'verbose_name': 'place donnée à un badge',
                'verbose_name_plural': 'places données à des badges',
            },
        ),
        migrations.AddField(
            model_name='credential',
            name='badge',
            field=models.TextField(blank=True, editable=False, verbose_name='badge'),
        ),
        migrations.AddField(
            model_name='credential',
            name='status_list',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='status_place',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(fields=('status_list', 'status_place'), name='credential_status_place_once'),
        ),
        migrations.AddConstraint(
            model_name='badgeplace',
            constraint=models.UniqueConstraint(fields=('list', 'place'), name='badge_place_once'),
        ),
        migrations.RunPython(protect, unprotect),
    ]
