/** The name of the step that makes it: whoever makes a pod of another's must take it along. */
export const TEMPORARY_FOLDER_STEP = "make-temporary-folder";

/**
 * Folder of Ruby's temporary files, inside the volume at `/tmp`. Ruby refuses one that every user
 * may write to, unless its sticky bit is set (ruby `lib/tmpdir.rb`, `Dir.tmpdir`), and so a kubelet
 * makes each emptyDir: 0777, with no way to ask for the bit
 * (https://github.com/kubernetes/kubernetes/issues/110835). It then looks for another, finds none
 * on a read-only root, and whatever needs a file fails: web hangs up on each upload of more than
 * some 100 KiB, for Puma puts its body into one (seen 2026-11-28: 120,000 bytes came, 1,000,000 did
 * not).
 */
export const TEMPORARY_FOLDER = "/tmp/mastodon";
