from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('opinions', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='statement',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting for approval'), ('shown', 'shown'), ('declined', 'not shown'), ('merged', 'merged into another')], max_length=10),
        ),
    ]
