"""The platform's members as the bare view sees them."""

from django.db import models


class Person(models.Model):
    """A row of ``accounts_member``, found by its primary key."""

    id = models.BigIntegerField(primary_key=True, db_column="subject_id")
    last_name = models.CharField(max_length=150)

    class Meta:
        managed = False
        db_table = "accounts_member"

    def __str__(self) -> str:
        return str(self.pk)


class Row(models.Model):
    """What a bare view inserts: an instant and a few words (bench.banner makes the table)."""

    at = models.DateTimeField()
    words = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "bench_row"

    def __str__(self) -> str:
        return self.words
