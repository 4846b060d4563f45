"""Parcours and their editions; the database refuses to change an edition."""

import django.db.models.deletion
import uuid
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField(verbose_name='numéro')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte des sources')),
                ('renderer', models.PositiveSmallIntegerField(verbose_name='version de la mise en page')),
                ('imported_at', models.DateTimeField(verbose_name='importée le')),
                ('title', models.CharField(max_length=150, verbose_name='titre')),
                ('summary', models.CharField(max_length=300, verbose_name='résumé')),
                ('audience', models.TextField(verbose_name='public')),
                ('level', models.CharField(choices=[('beginner', 'débutant'), ('intermediate', 'intermédiaire'), ('advanced', 'avancé')], max_length=12, verbose_name='niveau')),
                ('objectives', models.JSONField(verbose_name='objectifs')),
                ('prerequisites', models.JSONField(verbose_name='prérequis')),
                ('requires', models.JSONField(verbose_name='parcours conseillés avant')),
                ('price_cents', models.PositiveIntegerField(verbose_name='prix en centimes')),
                ('language', models.CharField(max_length=2, verbose_name='langue')),
                ('licence', models.CharField(max_length=100, verbose_name='licence')),
                ('authors', models.JSONField(verbose_name='auteurs')),
                ('minutes', models.PositiveIntegerField(verbose_name='durée en minutes')),
                ('chapter_count', models.PositiveIntegerField(verbose_name='chapitres')),
                ('exercise_count', models.PositiveIntegerField(verbose_name='exercices')),
                ('searched', models.TextField(verbose_name='mots cherchés')),
                ('source', models.TextField(verbose_name='source')),
            ],
            options={
                'verbose_name': 'édition',
                'verbose_name_plural': 'éditions',
            },
        ),
        migrations.CreateModel(
            name='File',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('form', models.CharField(choices=[('png', 'PNG'), ('jpg', 'JPEG'), ('webp', 'WebP'), ('svg', 'SVG'), ('mp4', 'MP4'), ('webm', 'WebM'), ('vtt', 'WebVTT'), ('csv', 'CSV'), ('json', 'JSON'), ('txt', 'texte'), ('ipynb', 'carnet')], max_length=8, verbose_name='format')),
                ('width', models.PositiveIntegerField(blank=True, null=True, verbose_name='largeur')),
                ('height', models.PositiveIntegerField(blank=True, null=True, verbose_name='hauteur')),
                ('size', models.PositiveBigIntegerField(verbose_name='octets')),
            ],
            options={
                'verbose_name': 'fichier',
                'verbose_name_plural': 'fichiers',
            },
        ),
        migrations.CreateModel(
            name='Module',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('folder', models.CharField(max_length=100, verbose_name='dossier')),
                ('slug', models.SlugField(max_length=80, verbose_name='code')),
                ('title', models.CharField(max_length=150, verbose_name='titre')),
                ('summary', models.TextField(verbose_name='résumé')),
                ('objectives', models.JSONField(verbose_name='objectifs')),
                ('minutes', models.PositiveIntegerField(verbose_name='durée en minutes')),
                ('source', models.TextField(verbose_name='source')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='modules', to='learning.edition')),
            ],
            options={
                'verbose_name': 'module',
                'verbose_name_plural': 'modules',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Chapter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('filename', models.CharField(max_length=120, verbose_name='fichier')),
                ('slug', models.SlugField(max_length=80, verbose_name='code')),
                ('title', models.CharField(max_length=150, verbose_name='titre')),
                ('summary', models.TextField(blank=True, verbose_name='résumé')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='durée en minutes')),
                ('exercise_count', models.PositiveSmallIntegerField(verbose_name='exercices')),
                ('html', models.TextField(verbose_name='page')),
                ('outline', models.JSONField(verbose_name='plan')),
                ('embeds', models.JSONField(verbose_name='contenus de tiers')),
                ('source', models.TextField(verbose_name='source')),
                ('exercises_source', models.TextField(blank=True, verbose_name='source des exercices')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chapters', to='learning.edition')),
                ('module', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chapters', to='learning.module')),
            ],
            options={
                'verbose_name': 'chapitre',
                'verbose_name_plural': 'chapitres',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Parcours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('published', models.BooleanField(default=False, verbose_name='publié')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publié le')),
                ('current', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learning.edition', verbose_name='édition courante')),
            ],
            options={
                'verbose_name': 'parcours',
                'verbose_name_plural': 'parcours',
                'permissions': [('publish', 'Publish or withdraw a parcours'), ('bring', 'Import a folder of content')],
            },
        ),
        migrations.AddField(
            model_name='edition',
            name='parcours',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='learning.parcours', verbose_name='parcours'),
        ),
        migrations.CreateModel(
            name='PlacedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=250, verbose_name='chemin')),
                ('original', models.CharField(max_length=64, verbose_name='empreinte d’origine')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='learning.edition')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learning.file')),
            ],
            options={
                'verbose_name': 'fichier placé',
                'verbose_name_plural': 'fichiers placés',
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=150, verbose_name='titre')),
                ('minutes', models.PositiveIntegerField(verbose_name='durée en minutes')),
                ('html', models.TextField(verbose_name='page')),
                ('outline', models.JSONField(verbose_name='plan')),
                ('embeds', models.JSONField(verbose_name='contenus de tiers')),
                ('rubric', models.JSONField(verbose_name='grille')),
                ('extensions', models.JSONField(verbose_name='fichiers acceptés')),
                ('max_megabytes', models.PositiveSmallIntegerField(verbose_name='taille maximale en Mo')),
                ('source', models.TextField(verbose_name='source')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='learning.edition')),
                ('module', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='project', to='learning.module')),
            ],
            options={
                'verbose_name': 'projet',
                'verbose_name_plural': 'projets',
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='nom')),
                ('position', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='learning.edition')),
            ],
            options={
                'verbose_name': 'sujet',
                'verbose_name_plural': 'sujets',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Exercise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('code', models.SlugField(max_length=80, verbose_name='code')),
                ('kind', models.CharField(choices=[('single', 'une réponse'), ('multiple', 'plusieurs réponses'), ('short', 'réponse courte'), ('numeric', 'nombre'), ('order', 'remise en ordre'), ('fill', 'texte à trous')], max_length=10, verbose_name='forme')),
                ('prompt', models.TextField(verbose_name='question')),
                ('hint', models.TextField(blank=True, verbose_name='indice')),
                ('explanation', models.TextField(verbose_name='explication')),
                ('definition', models.JSONField(verbose_name='définition')),
                ('chapter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exercises', to='learning.chapter')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exercises', to='learning.edition')),
            ],
            options={
                'verbose_name': 'exercice',
                'verbose_name_plural': 'exercices',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='exercise_code_once'), models.UniqueConstraint(fields=('chapter', 'position'), name='exercise_position_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='module',
            constraint=models.UniqueConstraint(fields=('edition', 'slug'), name='module_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='module',
            constraint=models.UniqueConstraint(fields=('edition', 'position'), name='module_position_once'),
        ),
        migrations.AddConstraint(
            model_name='chapter',
            constraint=models.UniqueConstraint(fields=('module', 'slug'), name='chapter_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='chapter',
            constraint=models.UniqueConstraint(fields=('edition', 'position'), name='chapter_position_once'),
        ),
        migrations.AddConstraint(
            model_name='parcours',
            constraint=models.CheckConstraint(condition=models.Q(('published', False), models.Q(('current__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='parcours_published_has_an_edition'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['level'], name='edition_level'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('parcours', 'number'), name='edition_number_once'),
        ),
        migrations.AddConstraint(
            model_name='placedfile',
            constraint=models.UniqueConstraint(fields=('edition', 'path'), name='placed_file_once'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['slug', 'edition'], name='edition_topic_slug'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('edition', 'slug'), name='edition_topic_once'),
        ),
        migrations.RunPython(protect, unprotect),
    ]
