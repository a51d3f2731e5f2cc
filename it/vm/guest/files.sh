# files.sh PORTAL TARGET: a file system on a LUN, from discovery to fsck. Asks, each time logged out, for
# "restart" of the node and for "damage" at the place it has named; then it must find the damaged file.
portal=$1 target=$2
stamp boot

iscsiadm -m discovery -t sendtargets -p "$portal" | tee /tmp/found
grep -qx "$portal,1 $target" /tmp/found
login "$portal" "$target"
stamp login

echo "lsblk $(lsblk -d -n -b -o SIZE,LOG-SEC,PHY-SEC,DISC-GRAN,DISC-MAX,ROTA,VENDOR,MODEL "$disk" | xargs)"
echo "cache $(cat "/sys/block/${disk##*/}/queue/write_cache")"
for link in /dev/disk/by-id/wwn-*; do echo "by-id ${link##*/}"; done
for page in sv sn di bl bdc lbpv; do sg_vpd --page="$page" "$disk"; done
sg_inq "$disk"
sg_readcap --16 "$disk"

quiet mkfs.ext4 "$disk"
mount "$disk" /mnt
mkdir /mnt/files
for size in 1 511 512 4095 4096 65536 1000000 3145728 8388607; do
  head -c "$size" /dev/urandom >"/mnt/files/of-$size"
done
sync
cp -r /usr/bin/[a-m]* /mnt/files/
find /mnt/files -type f -print0 | sort -z | xargs -0 sha256sum >/tmp/all-sums
rm /mnt/files/c*
grep -v ' /mnt/files/c' /tmp/all-sums >/tmp/sums
stamp written
fstrim -v /mnt
block=$(debugfs -R 'bmap files/of-3145728 100' "$disk" 2>/dev/null)
echo "place $((block * $(stat -f -c %S /mnt) + 7))"
umount /mnt
logout "$portal" "$target"
stamp logout

ask restart

login "$portal" "$target"
mount "$disk" /mnt
sha256sum --quiet -c /tmp/sums
umount /mnt
quiet e2fsck -f -n "$disk"
logout "$portal" "$target"
stamp verified

ask damage

login "$portal" "$target"
mount -o ro "$disk" /mnt
if sha256sum --quiet -c /tmp/sums >/tmp/damaged 2>/dev/null; then
  echo "the damage was not seen" && exit 1
fi
sed 's/^/damaged /' /tmp/damaged
umount /mnt
logout "$portal" "$target"
stamp end
