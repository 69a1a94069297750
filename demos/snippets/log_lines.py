import logging
import sys

logging.basicConfig(
    stream=sys.stdout,
    level=logging.INFO,
    format="%(asctime)s: %(message)s",
    datefmt="%H:%M:%S",
)
for name in ("one", "two"):
    logging.info("response %s: begins", name)
    logging.info("response %s: ends", name)
