import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0002_remember_who_is_not_written_to'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='numéro')),
                ('activity', models.CharField(max_length=64, verbose_name='activité')),
                ('language', models.CharField(blank=True, help_text='Of the frame; each reader’s when empty.', max_length=8, verbose_name='langue')),
                ('title', models.CharField(max_length=200, verbose_name='objet')),
                ('text', models.TextField(verbose_name='texte')),
                ('html', models.TextField(blank=True, verbose_name='HTML')),
                ('state', models.CharField(choices=[('preparing', 'en préparation'), ('sending', 'en cours d’envoi'), ('paused', 'en pause'), ('done', 'terminé'), ('cancelled', 'annulé')], default='preparing', max_length=9, verbose_name='état')),
                ('started_at', models.DateTimeField(verbose_name='lancé')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminé')),
                ('retry_at', models.DateTimeField(blank=True, help_text='The door would not open: nobody tries before then.', null=True)),
                ('prepared_up_to', models.BigIntegerField(default=0, help_text='The last person enqueued: where a preparation goes on.')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='destinataires')),
                ('sent', models.PositiveIntegerField(default=0, verbose_name='envoyés')),
                ('unconfirmed', models.PositiveIntegerField(default=0, verbose_name='sans accusé')),
                ('refused', models.PositiveIntegerField(default=0, verbose_name='non autorisés')),
                ('failed', models.PositiveIntegerField(default=0, verbose_name='non remis')),
                ('unreachable', models.PositiveIntegerField(default=0, verbose_name='sans coordonnée vérifiée')),
            ],
            options={
                'verbose_name': 'envoi',
                'verbose_name_plural': 'envois',
                'indexes': [models.Index(fields=['started_at', 'id'], name='mailing_clock'), models.Index(condition=models.Q(('state', 'sending')), fields=['id'], name='mailing_running')],
            },
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='message_due',
        ),
        migrations.AddField(
            model_name='message',
            name='holder',
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='mailing',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='messaging.mailing'),
        ),
        migrations.AlterField(
            model_name='message',
            name='state',
            field=models.CharField(choices=[('queued', 'à envoyer'), ('sent', 'envoyé'), ('unconfirmed', 'sans accusé'), ('failed', 'non remis'), ('refused', 'non autorisé'), ('unreachable', 'sans coordonnée vérifiée')], default='queued', max_length=11, verbose_name='état'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('holder', None), ('mailing', None), ('state', 'queued')), fields=['next_try_at', 'id'], name='message_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('holder', None), ('mailing__isnull', False), ('state', 'queued')), fields=['mailing', 'next_try_at', 'id'], name='message_due_in_mailing'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('holder__isnull', False)), fields=['holder'], name='message_held'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'sent'), _negated=True), fields=['state', 'sent_on', 'id'], name='message_unusual'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['activity', 'sent_on', 'id'], name='message_by_activity'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('mailing__isnull', False)), fields=('mailing', 'subject'), name='message_once_a_mailing'),
        ),
    ]
