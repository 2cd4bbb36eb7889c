import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('opinions', '0002_keep_what_was_said_of_camps'),
        ('record', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='participant',
            name='conversation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='opinions.conversation'),
        ),
        migrations.AlterField(
            model_name='view',
            name='actor',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.actor'),
        ),
        migrations.AlterField(
            model_name='vote',
            name='actor',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.actor'),
        ),
    ]
