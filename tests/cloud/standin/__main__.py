"""usage: python3 -m standin FOLDER: listens, with the certificate in FOLDER; prints port and certificate."""

import sys

from .server import main

main(sys.argv[1])
