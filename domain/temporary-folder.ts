/** Name of the init container that creates it. A copy of such a pod must include it. */
export const TEMPORARY_FOLDER_STEP = "make-temporary-folder";

/**
 * Folder of Ruby's temporary files, inside the volume at `/tmp`. Ruby refuses a folder to which
 * every user may write, unless its sticky bit is set (ruby `lib/tmpdir.rb`, `Dir.tmpdir`). A
 * kubelet creates each emptyDir with mode 0777, and can't set the bit
 * (https://github.com/kubernetes/kubernetes/issues/110835).
 *
 * Ruby then finds no other folder on a read-only root, and everything that needs a file fails. Web
 * closes the connection at each upload of more than some 100 KiB, because Puma stores its body in a
 * file. Seen 2026-11-28: 120,000 bytes arrived, 1,000,000 did not.
 */
export const TEMPORARY_FOLDER = "/tmp/mastodon";
