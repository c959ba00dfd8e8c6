#!/bin/sh
# A shell's own work: N rounds of arithmetic and tests. usage: loop.sh N
i=0
sum=0
while [ $i -lt "$1" ]; do
  i=$((i + 1))
  case $i in
    *7) sum=$((sum * 3 + i & 0xFFFF)) ;;
    *) sum=$((sum + i)) ;;
  esac
done
