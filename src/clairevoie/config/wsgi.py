"""The WSGI entrance."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clairevoie.config.settings")

# granian takes a request in one thread and runs it in another. A page is mostly Python: at the
# usual 5 ms the first thread waits longer for its turn than the page takes (measured with
# bench.pages: 40 % of the rate of a bare view, 55 % with this).
sys.setswitchinterval(0.0005)

application = get_wsgi_application()
