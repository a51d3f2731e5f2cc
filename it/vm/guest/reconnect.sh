# reconnect.sh PORTAL TARGET: fio on a file system. Asks for "kill" of the node while fio writes, and for "start"
# when the initiator has tried in vain to reconnect; then fio must end without an error, and all must verify.
portal=$1 target=$2
load=(fio --name=load --directory=/mnt --ioengine=libaio --iodepth=8 --rw=randwrite --bsrange=4k-64k --size=24m
  --direct=1 --randseed=4711 --verify=crc32c --verify_fatal=1 --output-format=terse)

iscsiadm -m discovery -t sendtargets -p "$portal" >/dev/null
login "$portal" "$target"
quiet mkfs.ext4 "$disk"
mount "$disk" /mnt
stamp mounted

# slow enough to be still writing at the kill
"${load[@]}" --rate=4m --do_verify=1 --fallocate=none >/tmp/fio 2>&1 &
fio=$!
wrote() { # MIB
  local numbers
  read -ra numbers <"/sys/block/${disk##*/}/stat"
  ((numbers[6] > $1 * 2048))
}
await 60 wrote 4
ask kill

await 60 kernel_said 'detected conn error'
stamp "connection lost"
await 60 grep -q 'Connection refused' /run/iscsid.txt
ask start

await 120 grep -q 'operational after recovery' /run/iscsid.txt
stamp reconnected
kill -0 $fio # it was not over before
wait $fio || { status=$? && cat /tmp/fio && exit $status; }
stamp "fio ended"

umount /mnt
logout "$portal" "$target"
login "$portal" "$target"
mount "$disk" /mnt
quiet "${load[@]}" --verify_only
umount /mnt
quiet e2fsck -f -n "$disk"
logout "$portal" "$target"
grep -c 'Connection refused' /run/iscsid.txt
stamp end
