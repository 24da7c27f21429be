#!/bin/sh
# Makes what is missing in ./secrets (or the folder that is named): random, readable by one account.
# Run it as root where the services run, so that each file gets the account that reads it: 999 is
# PostgreSQL's, 10001 ours. What is there already stays as it is.
set -eu
folder="${1:-secrets}"
umask 077
mkdir -p "$folder/meeluisteren"
chmod 711 "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
given() {  # given FILE ACCOUNT: from standard input, unless the file is there
	if [ -s "$folder/$1" ]; then cat >/dev/null; else cat >"$folder/$1"; fi
	if [ "$(id -u)" = 0 ]; then chown "$2:$2" "$folder/$1"; fi
	chmod 600 "$folder/$1"
}

random | given database_password 999
printf 'postgres:5432:verhuisketen:verhuisketen:%s\n' "$(cat "$folder/database_password")" |
	given database_passfile 10001
printf 'verhuisketen:%s' "$(random)" | given prefect_auth 10001
random | given quarantine_key 10001
for file in tls_certificate tls_key; do
	if [ -s "$folder/$file" ]; then given "$file" 10001 </dev/null; fi
done
if [ "$(id -u)" = 0 ]; then chown -R 10001:10001 "$folder/meeluisteren"; fi
