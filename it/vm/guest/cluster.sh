# cluster.sh PORTAL TARGET LIFE ROUNDS: a file system that is written to and verified by fio, and ROUNDS times,
# in the middle of that, asks for "kill N" and then for "start N" of nodes. fio must see nothing but a pause.
# LIFE counts from 1; a later life must find the files that the one before it has left.
portal=$1 target=$2 life=$3 rounds=$4

load() { # ROUND [OPTION...]
  fio --name=load --filename="/mnt/load$(($1 % 3))" --ioengine=libaio --iodepth=8 --rw=randwrite --bsrange=4k-64k \
    --size=16m --direct=1 --randseed="$1" --verify=crc32c --verify_fatal=1 --output-format=terse "${@:2}"
}
written() {
  local numbers
  read -ra numbers <"/sys/block/${disk##*/}/stat"
  echo "${numbers[6]}"
}
wrote() { # SECTORS
  (($(written) > $1))
}

iscsiadm -m discovery -t sendtargets -p "$portal" >/dev/null
login "$portal" "$target"
stamp login
if ((life == 1)); then
  quiet mkfs.ext4 "$disk"
  mount "$disk" /mnt
  cp -r /usr/bin/[a-d]* /mnt/
  find /mnt -type f -print0 | sort -z | xargs -0 sha256sum >/tmp/sums
  mv /tmp/sums /mnt/sums
else
  quiet e2fsck -f -n "$disk"
  mount "$disk" /mnt
  sha256sum --quiet -c /mnt/sums
fi

for ((round = 1; round <= rounds; round++)); do
  before=$(written)
  # slow enough to be still at it when nodes are killed
  load "$round" --rate=4m --do_verify=1 --fallocate=none >/tmp/fio 2>&1 &
  fio=$!
  await 60 wrote $((before + 2 * (1 + RANDOM % 6) * 1024))
  ask "kill $round"
  kill -0 $fio
  sleep $((RANDOM % 3))
  ask "start $round"
  wait $fio || { status=$? && cat /tmp/fio && exit $status; }
  ((round == 1)) || quiet load $((round - 1)) --verify_only
  cp /usr/bin/bash "/mnt/bash$round"
  sync "/mnt/bash$round"
  cmp /usr/bin/bash "/mnt/bash$round"
  stamp "round $round"
done

umount /mnt
logout "$portal" "$target"
login "$portal" "$target"
quiet e2fsck -f -n "$disk"
mount "$disk" /mnt
sha256sum --quiet -c /mnt/sums
quiet load "$rounds" --verify_only
for ((round = 1; round <= rounds; round++)); do cmp /usr/bin/bash "/mnt/bash$round"; done
umount /mnt
logout "$portal" "$target"
stamp end
