# The first process of a zone's machine, in a process and a mount namespace of its own: when it ends, so does everything
# in the zone, and every mount is gone. Arguments: the sandbox's state folder, the zone's folder in it.
set -eu
state=$1
zone=$2

# Without a mount table in user space (-n), which would be in the /run that is replaced.
# What a machine loses when it stops is in memory. A bind mount keeps the state folder in reach below /run.
stage=$zone/stage
mkdir -p "$stage"
mount -n -t tmpfs -o mode=755 sandbox "$stage"
mkdir "$stage/sandbox" "$stage/cni" "$stage/upper" "$stage/fixed"
mount -n --bind "$state" "$stage/sandbox"
mount -n --move "$stage" /run

# Nothing that the node's programs write where machines usually keep it reaches the real machine.
for folder in lib log; do
  mkdir "/run/upper/$folder" "/run/upper/$folder.work"
  mount -n -t overlay -o "lowerdir=/var/$folder,upperdir=/run/upper/$folder,workdir=/run/upper/$folder.work" sandbox "/var/$folder"
done
case $state in
  /run/* | /var/lib/* | /var/log/*) mkdir -p "$state" && mount -n --bind /run/sandbox "$state" ;;
esac
mount -n -t proc proc /proc

# The kubelet sets these for the whole machine where they differ; here it finds what it wants.
while read -r key value; do
  file=/proc/sys/$key
  if [ -e "$file" ]; then
    copy=/run/fixed/$(echo "$key" | tr / .)
    echo "$value" >"$copy"
    mount -n --bind "$copy" "$file"
  fi
done <<END
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END

: >"$zone/machine-up"
trap 'exit 0' TERM
# A first process must wait for orphans, or they stay as zombies.
while :; do
  sleep 86400 &
  wait $!
done
