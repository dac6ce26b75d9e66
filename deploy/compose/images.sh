# The images of the stack where they cannot be pulled: made here under the same names.
# Sourced by deploy/compose/test, which sets work and here and says fail.
#
#   apache/kafka        Kafka's jars from Maven Central, with its own Docker wrapper class
#   the registry        our own program
#   Prometheus          Debian's package, and Alertmanager, too
#   the bases of ours   this machine's Go and its modules, and nothing (scratch)
#
# Each made image carries a label, so that one that was pulled is never taken for it.
# shellcheck shell=bash disable=SC2154
label=org.tributary.made
debian_base=tributary-test/debian:bookworm-2
made=()

have() { docker image inspect "$1" >/dev/null 2>&1; }
is_made() { [ "$(docker image inspect -f "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null)" = yes ]; }
# obtained IMAGE: whether it is here, or can be pulled.
obtained() {
  is_made "$1" && return 1
  have "$1" || timeout "${PULL_TIMEOUT:-60}" docker pull -q "$1" >/dev/null 2>&1
}

# The builder that is part of the engine: Debian's package has no plugin for the other.
classic() {
  DOCKER_BUILDKIT=0 docker build -q "$@" >/dev/null 2>"$work/build.log" || { tail -n 20 "$work/build.log" >&2; fail "docker build"; }
}
context() { rm -rf "$work/context"; mkdir -p "$work/context"; }
build() { classic -t "$1" --label "$label=yes" "$work/context"; rm -rf "$work/context"; }

debian() { # a Debian with what the made images need
  have "$debian_base" && return
  step "a Debian base, with Java, Prometheus, Alertmanager and curl"
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  rm -rf "$work/root"
  debootstrap --variant=minbase --include=openjdk-17-jre-headless,curl,ca-certificates,prometheus,prometheus-alertmanager \
    bookworm "$work/root" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log" >&2; fail "debootstrap"; }
  tar -C "$work/root" --exclude=./var/cache/apt --exclude=./usr/share/doc -c . | docker import - "$debian_base" >/dev/null
  rm -rf "$work/root"
}

kafka_image() { # quick, but for the jars: made each time, as its scripts are ours
  context
  # The jars are the large part: they are shared with `make kafka-start`.
  deploy/kafka/kafka jars
  cp -rL data/kafka/libs "$work/context/libs"
  cp "$here"/kafka/* "$work/context/"
  build "$1"
}

registry_image() { # made each time: it is our own program
  context
  CGO_ENABLED=0 go build -trimpath -o "$work/context/tributary" ./cmd/tributary
  printf 'FROM %s\nCOPY tributary /tributary\nENTRYPOINT ["/tributary", "registry", "--listen", "0.0.0.0:8081"]\n' "$debian_base" >"$work/context/Dockerfile"
  build "$1"
}

# A program of Debian's, with the folder and the user that the official image has.
debian_image() { # IMAGE PROGRAM FOLDER
  context
  cat >"$work/context/Dockerfile" <<D
FROM $debian_base
RUN mkdir -p $3 && chown nobody $3
USER nobody
ENTRYPOINT ["/usr/bin/$2"]
D
  build "$1"
}
prometheus_image() { debian_image "$1" prometheus /prometheus; }
alertmanager_image() { debian_image "$1" prometheus-alertmanager /alertmanager; }

# go_image IMAGE: a base with Go and the modules that go.sum names, for a build without a
# network; compiled once, so that the next build of ours compiles what is ours alone.
go_image() {
  have "$1" && return
  step "a Go base with the modules of go.sum, compiled"
  context
  local cache
  cache="file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)"
  cp -r "$(go env GOROOT)" "$work/context/go"
  # What was downloaded before was checked against go.sum, and is checked again by the build.
  GOMODCACHE=$work/context/mod GOPROXY=$cache GONOSUMDB='*' GOFLAGS=-modcacherw go mod download
  # What was unpacked is not needed: the build unpacks it again.
  find "$work/context/mod" -mindepth 1 -maxdepth 1 ! -name cache -exec rm -rf {} +
  mkdir "$work/context/src"
  cp -r go.mod go.sum cmd ingest processor schemas "$work/context/src"
  cat >"$work/context/Dockerfile" <<D
FROM $debian_base
COPY go /usr/local/go
COPY mod /mod
ENV PATH=/usr/local/go/bin:/usr/bin:/bin GOPROXY=file:///mod/cache/download GONOSUMDB=* GOTOOLCHAIN=local
COPY src /warm
RUN cd /warm && CGO_ENABLED=0 go build -trimpath -tags grpcnotrace -ldflags="-s -w" -o /dev/null ./cmd/tributary && rm -rf /warm
D
  build "$1"
}

make_unless_pulled() { # IMAGE MAKER
  obtained "$1" && return
  debian
  step "making $1"
  "$2" "$1"
  made+=("$1")
}

# our_image NAME: built by deploy/Dockerfile from the bases it names, or from local ones.
our_image() {
  local build_base=golang:1.26-bookworm run_base=gcr.io/distroless/static-debian12:nonroot
  if ! { obtained "$build_base" && obtained "$run_base"; }; then
    debian
    build_base=tributary-test/go:$(cat go.sum <(go env GOVERSION; echo compiled) | sha256sum | cut -c1-12)
    run_base=scratch
    go_image "$build_base"
    # The one for an earlier go.sum is large and of no more use.
    docker image ls --format '{{.Repository}}:{{.Tag}}' tributary-test/go | grep -vxF "$build_base" | xargs -r docker image rm -f >/dev/null 2>&1 || true
    made+=("the bases of ${1%%:*}")
  fi
  step "building our image on $build_base and $run_base"
  classic -t "$1" -f deploy/Dockerfile --build-arg "BUILD_BASE=$build_base" --build-arg "RUN_BASE=$run_base" \
    --build-arg "VERSION=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)" .
  docker image prune -f --filter until=24h >/dev/null
}
