#!/usr/bin/env bash
# Builds the image: scripts/image.sh [TAG]. Where no registry of images can be reached, both of its bases are made here, from Debian's
# packages (debootstrap, as root) and the Node.js that npm gives. Needs a Docker engine; DOCKER_HOST may name it.
set -euo pipefail
cd "$(dirname "$0")/.."

tag="${1:-preflight-probe:$(node -p 'require("./package.json").version')}"
node_image="$(sed -n 's/^ARG NODE=//p' Dockerfile)"
base_image="$(sed -n 's/^ARG BASE=//p' Dockerfile)"
export DOCKER_BUILDKIT="${DOCKER_BUILDKIT:-$(docker buildx version > /dev/null 2>&1 && echo 1 || echo 0)}"

if timeout 60 docker pull -q "$node_image" > /dev/null 2>&1 && timeout 60 docker pull -q "$base_image" > /dev/null 2>&1; then
  exec docker build -q -t "$tag" .
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
root="$work/root"
suite=bookworm

echo "no registry of images: making the bases from Debian $suite" >&2
mirror="${DEBIAN_MIRROR:-$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2> /dev/null | head -n 1)}"
debootstrap --variant=minbase --include=libstdc++6 "$suite" "$root" ${mirror:+"$mirror"} > "$work/debootstrap.log" 2>&1 || {
  tail -n 20 "$work/debootstrap.log" >&2
  exit 1
}

# what runs: the C libraries, the names of the users, and folders to mount upon
run="$work/run"
mkdir -p "$run"/{etc,tmp,proc,sys,dev,usr}
chmod 1777 "$run/tmp"
printf 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n' > "$run/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' > "$run/etc/group"
printf 'hosts: files dns\n' > "$run/etc/nsswitch.conf"
node="$(node -e 'import("./scripts/binary/node.mjs").then(({ nodeFor }) => console.log(nodeFor(process.arch)))')"
install -D "$node" "$root/usr/local/bin/node"
chroot "$root" ldd /usr/local/bin/node | grep -o '/[^ ]*' | while read -r library; do
  install -D -m 0755 "$root$library" "$run$library"
done
tar -C "$run" -c . | docker import - "$tag-base" > /dev/null

# what builds: Node.js, npm, and the packages of the lock file in npm's own cache
npm_folder="$(dirname "$(dirname "$(realpath "$(command -v npm)")")")"
mkdir -p "$root/usr/local/lib/node_modules" "$work/locked"
cp -rL "$npm_folder" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
cp package.json package-lock.json .npmrc "$work/locked/"
(cd "$work/locked" && npm ci --silent --ignore-scripts --cache "$root/npm-cache" > /dev/null)
tar -C "$root" -c . |
  docker import --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin npm_config_cache=/npm-cache npm_config_offline=true' - "$tag-node" > /dev/null

docker build -q --network none --build-arg "NODE=$tag-node" --build-arg "BASE=$tag-base" -t "$tag" .
docker rmi -f "$tag-node" "$tag-base" > /dev/null
