#!/bin/sh
# The official image's entrypoint writes what the environment says into conf/config.yaml. Where the
# root file system is read-only, conf/ is an empty folder in memory, which gets its files here.
set -eu
if [ -z "$(ls -A /opt/flink/conf)" ]; then
  cp /opt/flink/conf-of-image/* /opt/flink/conf/
fi
exec /docker-entrypoint.sh "$@"
