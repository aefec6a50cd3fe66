// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys for a realm from the virtCCA monitor (docs/abi.md 4). The same image on the
 * same platform gets the same key again for the same context, and nobody else does.
 *
 * /dev/realm-key: write the 32 bytes of a context, at once; then read the 32 bytes
 * of its key. They can be read once and are wiped then; another context may follow.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/arm-smccc.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>
#include <asm/rsi.h>

#define TMM_REALM_VERSION	0xc2000160
#define TMM_REALM_KEY		0xc2000161
#define TMM_SUCCESS		0
#define TMM_VERSION_MAJOR	1
#define TMM_FEATURE_KEYS	BIT(0)

#define KEY_BYTES	32

/* An open file; nobody else's contexts and keys come into it. */
struct session {
	struct mutex lock;		/* guards the rest */
	bool has_context;
	size_t left;			/* of the key, to be read */
	u8 key[KEY_BYTES];
};

static bool monitor_has_keys(void)
{
	struct arm_smccc_1_2_regs regs = { .a0 = TMM_REALM_VERSION };

	arm_smccc_1_2_smc(&regs, &regs);
	return regs.a0 == TMM_SUCCESS && regs.a1 >> 16 == TMM_VERSION_MAJOR &&
	       (regs.a2 & TMM_FEATURE_KEYS);
}

/* Words are little-endian: the first byte is the lowest of X1. */
static int get_key(const u8 context[KEY_BYTES], u8 key[KEY_BYTES])
{
	struct arm_smccc_1_2_regs regs = {
		.a0 = TMM_REALM_KEY,
		.a1 = get_unaligned_le64(context),
		.a2 = get_unaligned_le64(context + 8),
		.a3 = get_unaligned_le64(context + 16),
		.a4 = get_unaligned_le64(context + 24),
	};
	int ret = 0;

	arm_smccc_1_2_smc(&regs, &regs);
	if (regs.a0 == TMM_SUCCESS) {
		put_unaligned_le64(regs.a1, key);
		put_unaligned_le64(regs.a2, key + 8);
		put_unaligned_le64(regs.a3, key + 16);
		put_unaligned_le64(regs.a4, key + 24);
	} else {
		ret = -EIO;		/* there is no root of trust */
	}
	memzero_explicit(&regs, sizeof(regs));
	return ret;
}

static int realm_key_open(struct inode *inode, struct file *file)
{
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	file->private_data = s;
	return stream_open(inode, file);
}

static int realm_key_release(struct inode *inode, struct file *file)
{
	kfree_sensitive(file->private_data);
	return 0;
}

static ssize_t realm_key_write(struct file *file, const char __user *from,
			       size_t count, loff_t *pos)
{
	struct session *s = file->private_data;
	u8 context[KEY_BYTES];
	int ret;

	if (count != sizeof(context))
		return -EINVAL;
	if (copy_from_user(context, from, sizeof(context)))
		return -EFAULT;
	mutex_lock(&s->lock);
	ret = get_key(context, s->key);
	s->has_context = ret == 0;
	s->left = ret == 0 ? KEY_BYTES : 0;
	mutex_unlock(&s->lock);
	return ret ?: count;
}

/* Without a context there is an error and no end of file: an empty key is one. */
static ssize_t realm_key_read(struct file *file, char __user *to, size_t count,
			      loff_t *pos)
{
	struct session *s = file->private_data;
	ssize_t ret;

	mutex_lock(&s->lock);
	count = min(count, s->left);
	ret = count;
	if (!s->has_context) {
		ret = -ENODATA;
	} else if (copy_to_user(to, s->key + KEY_BYTES - s->left, count)) {
		ret = -EFAULT;
	} else {
		memzero_explicit(s->key + KEY_BYTES - s->left, count);
		s->left -= count;
	}
	mutex_unlock(&s->lock);
	return ret;
}

static const struct file_operations realm_key_fops = {
	.owner = THIS_MODULE,
	.open = realm_key_open,
	.release = realm_key_release,
	.read = realm_key_read,
	.write = realm_key_write,
};

static struct miscdevice realm_key_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "realm-key",
	.fops = &realm_key_fops,
	.mode = 0600,
};

static int __init realm_key_init(void)
{
	if (!is_realm_world() || !monitor_has_keys()) {
		pr_info("no keys here: not a realm, or another monitor\n");
		return -ENODEV;
	}
	return misc_register(&realm_key_device);
}
module_init(realm_key_init);

static void __exit realm_key_exit(void)
{
	misc_deregister(&realm_key_device);
}
module_exit(realm_key_exit);

MODULE_DESCRIPTION("Keys for a realm from the virtCCA monitor");
MODULE_LICENSE("GPL");
