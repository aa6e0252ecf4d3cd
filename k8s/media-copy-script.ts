/**
 * Folders that the second bucket does not get (https://rclone.org/filtering/). `cache` holds copies
 * of other servers' media. Mastodon deletes them by age and fetches them again, and a copy that
 * deletes nothing would grow without end. `backups` holds members' exports, which the storage hands
 * out to them alone. In a Space each copy is readable by everyone who knows its name.
 */
const FILTERS = `--exclude '/cache/**' --exclude '/backups/**'`;

/**
 * Script of the copy, for the `sh` of rclone's image. `$SOURCE` and `$STANDBY` are the buckets with
 * their remotes. Nothing is ever deleted in the standby: a deletion by mistake must not reach it.
 *
 * The exit code of `rclone copy` decides nothing: it fails if a member deletes a file meanwhile. An
 * object is missing if it was there before the copy, still is, and the standby lacks it.
 */
export const MEDIA_COPY_SCRIPT = `set -eu
cd "$WORK"
refuse() {
  echo "$*." >&2
  exit 1
}
list() {
  rclone lsf --recursive --files-only --format sp --separator ' ' ${FILTERS} "$1" >"$2" ||
    refuse "$1 can't be listed, so the media copy is not proven: its bucket is gone, or its key or the way to it is wrong"
}
counted() {
  awk '{ bytes += $1 } END { printf "%d objects with %.0f bytes", NR, bytes }' "$1"
}
list "$SOURCE" before
rclone copy --metadata --size-only ${FILTERS} "$SOURCE" "$STANDBY" ||
  echo "rclone ended with $?; the comparison decides." >&2
list "$STANDBY" standby
list "$SOURCE" after
awk 'FILENAME == "standby" { copied[$0]; next } !($0 in copied)' standby after >absent
awk 'FILENAME == "absent" { absent[$0]; next } $0 in absent' absent before >missing
missing=$(($(wc -l <missing)))
echo "The storage has $(counted before), the standby $(counted standby), and $missing of the storage are missing in the standby."
[ "$missing" = 0 ] || exit 1
[ -s before ] || [ ! -s standby ] ||
  refuse "The storage is empty and the standby is not: docs/media.md, \\"The bucket is gone\\""
`;
