# look.sh PORTAL TARGET: logs in, shows the disk, logs out; changes nothing.
iscsiadm -m discovery -t sendtargets -p "$1"
login "$1" "$2"
lsblk -o NAME,SIZE,LOG-SEC,PHY-SEC,VENDOR,MODEL,SERIAL "$disk"
sg_inq "$disk"
logout "$1" "$2"
