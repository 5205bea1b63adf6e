# Debian packages and Node, nothing else: no shell, no package manager.
FROM scratch
ADD rootfs.tar /
COPY --chown=0:0 rootfs /
COPY --chown=0:0 node /usr/local/bin/node
