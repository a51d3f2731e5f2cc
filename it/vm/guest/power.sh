# power.sh PORTAL TARGET SYNCED LIFE: work with many fsyncs on a LUN with a write cache, until the power is cut.
# Says "synced N" when file N must be there whatever happens. With SYNCED above 0 there was a life before: its
# journal must recover, and its files up to SYNCED be there. With LIFE "last" that is all.
portal=$1 target=$2 synced=$3 life=$4

# file N: its content, between 1 and 60 kB
content() {
  yes "file $1 of a life before a power cut" | head -c $((1 + $1 * 7919 % 60000)) || true
}

iscsiadm -m discovery -t sendtargets -p "$portal" >/dev/null
login "$portal" "$target"
stamp login
echo "cache $(cat "/sys/block/${disk##*/}/queue/write_cache")"

if ((synced > 0)); then
  mount "$disk" /mnt
  kernel_said 'EXT4-fs.*recovery complete'
  for ((n = 1; n <= synced; n++)); do
    content "$n" | cmp - "/mnt/$((n % 10))/$n"
  done
  umount /mnt
  quiet e2fsck -f -n "$disk"
  echo "verified $synced"
else
  quiet mkfs.ext4 "$disk"
fi

if [[ $life == last ]]; then
  logout "$portal" "$target"
  exit 0
fi

mount "$disk" /mnt
mkdir -p /mnt/{0..9}
sync
for ((n = synced + 1; ; n++)); do
  content "$n" >"/mnt/$((n % 10))/new"
  sync "/mnt/$((n % 10))/new"
  mv "/mnt/$((n % 10))/new" "/mnt/$((n % 10))/$n"
  sync "/mnt/$((n % 10))"
  echo "synced $n"
done
