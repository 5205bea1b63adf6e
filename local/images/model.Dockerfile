# A layer of its own: it is the largest, and the service above it changes more often.
ARG BASE
FROM ${BASE}
COPY --chown=0:0 model.gguf /models/model.gguf
