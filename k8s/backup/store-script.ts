import { COPIED_END } from "../../domain/backup/names.ts";
import { POD_FILES } from "../../domain/backup/pod-files.ts";
import { scriptHead } from "./shell.ts";

/**
 * Script of the container `store`, for the `sh` of rclone's image. `$BUCKET` is the bucket with its
 * remote, `$SECOND` the second destination or empty.
 *
 * rclone ends with 0 at the end of its input, however it came. So a killed encryption looks like a
 * good one (measured with rclone 1.74.0). The manifest of `encrypt`, and the size that the bucket
 * lists, decide.
 */
export const STORE_SCRIPT = `${scriptHead("store")}
rclone lsf --recursive --files-only --include '*.json' "$BUCKET" >${POD_FILES.keys}.part ||
  refuse "the bucket can't be read; its name, its key or the way to it is wrong"
# The newest one that nobody doubts: a dump that is much smaller than it raises an alarm.
: >${POD_FILES.last}
grep "^dumps/$STACK/" ${POD_FILES.keys}.part | sort -r >newest || true
while read -r key; do
  rclone cat "$BUCKET/$key" >${POD_FILES.last}.part || refuse "$key can't be read"
  if grep -q '"suspicious":\\[\\]' ${POD_FILES.last}.part; then
    mv ${POD_FILES.last}.part ${POD_FILES.last}
    break
  fi
done <newest
mv ${POD_FILES.keys}.part ${POD_FILES.keys}
wait_for encrypt.ready
# For both ways first, as in the container dump: a pipe without a writer would wait for one.
exec 4<>${POD_FILES.encrypted} 3<${POD_FILES.encrypted} 4>&-
: >store.ready
stamp=$(cat ${POD_FILES.stamp})
dump=dumps/$STACK/$stamp.dump.age
manifest=dumps/$STACK/$stamp.json
rclone rcat "$BUCKET/$dump" <&3 || refuse "the bucket did not take the dump"
exec 3<&-
[ -e ${POD_FILES.manifest} ] ||
  refuse "the encryption did not end well. What is stored at $dump has no manifest, and is deleted by its age"
counted=$(cat ${POD_FILES.bytes})
listed=$(rclone lsf --format s "$BUCKET/$dump")
[ "$counted" = "$listed" ] || refuse "$dump has $listed bytes in the bucket, and $counted were sent"
rclone rcat "$BUCKET/$manifest" <${POD_FILES.manifest} || refuse "the bucket did not take $manifest"
echo "$dump: $listed bytes, and its manifest"
while read -r shelf; do
  for end in .dump.age .json; do
    rclone copyto "$BUCKET/dumps/$STACK/$stamp$end" "$BUCKET/$shelf/$STACK/$stamp$end"
  done
  echo "copied to $shelf/$STACK/"
done <${POD_FILES.shelves}
[ -n "$SECOND" ] || exit 0
for end in .dump.age .json; do
  # Its key may write and nothing else, so nothing there is asked for.
  rclone copyto --no-check-dest "$BUCKET/dumps/$STACK/$stamp$end" "$SECOND/dumps/$STACK/$stamp$end" ||
    refuse "the second destination did not take $stamp$end; the first one has it"
done
echo "$SECOND" | rclone rcat "$BUCKET/dumps/$STACK/$stamp${COPIED_END}" ||
  refuse "the second destination has $stamp, and the bucket did not take the note of it"
echo "copied to $SECOND"
`;
