#!/bin/sh
# What shell scripts do most: start small programs, and join two by a pipe. usage: spawn.sh BUSYBOX N
i=0
while [ $i -lt "$2" ]; do
  i=$((i + 1))
  "$1" true
  "$1" echo $i | "$1" cat >/dev/null
done
