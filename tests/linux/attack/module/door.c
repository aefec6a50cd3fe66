// SPDX-License-Identifier: GPL-2.0-only
/*
 * A door from user space to the monitor: any SMC with any registers, and pages
 * whose addresses are known. It checks nothing. For tests of the monitor only.
 */
#include <linux/arm-smccc.h>
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/rmi_cmds.h>

#include "door.h"

#define MAX_CALLS	(1 << 20)
#define MAX_PAGES	4096

struct door {
	struct list_head node;		/* in old_doors, when it is shut */
	struct mutex lock;
	unsigned long count;
	struct page *pages[MAX_PAGES];
};

/* Guarded by old_doors_lock */
static LIST_HEAD(old_doors);
static DEFINE_MUTEX(old_doors_lock);

static_assert(sizeof(struct door_call) == sizeof(struct arm_smccc_1_2_regs));

static long door_calls(const struct door_calls __user *arg)
{
	struct arm_smccc_1_2_regs regs;
	struct door_call __user *at;
	struct door_calls calls;
	unsigned long flags;
	u64 i;

	if (copy_from_user(&calls, arg, sizeof(calls)) || calls.count > MAX_CALLS)
		return -EFAULT;

	at = u64_to_user_ptr(calls.calls);
	for (i = 0; i < calls.count; i++, at++) {
		if (copy_from_user(&regs, at, sizeof(regs)))
			return -EFAULT;
		/* A REC that is entered leaves with the next interrupt. */
		local_irq_save(flags);
		arm_smccc_1_2_smc(&regs, &regs);
		local_irq_restore(flags);
		if (copy_to_user(at, &regs, sizeof(regs)))
			return -EFAULT;
		cond_resched();
	}
	return 0;
}

static long door_pages(struct door *door, const struct door_pages __user *arg)
{
	struct door_pages pages;
	u64 __user *at;
	u64 pa;

	if (copy_from_user(&pages, arg, sizeof(pages)) || pages.count > MAX_PAGES ||
	    door->count)
		return -EINVAL;

	at = u64_to_user_ptr(pages.pa);
	for (; door->count < pages.count; door->count++, at++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		door->pages[door->count] = page;
		pa = page_to_phys(page);
		if (copy_to_user(at, &pa, sizeof(pa)))
			return -EFAULT;
	}
	return 0;
}

static long door_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct door *door = file->private_data;

	switch (cmd) {
	case DOOR_CALLS:
		return door_calls((void __user *)arg);
	case DOOR_PAGES:
		guard(mutex)(&door->lock);
		return door_pages(door, (void __user *)arg);
	}
	return -ENOTTY;
}

static int door_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct door *door = file->private_data;
	unsigned long i, n = vma_pages(vma);
	int ret;

	guard(mutex)(&door->lock);
	if (vma->vm_pgoff || n > door->count)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		ret = vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE, door->pages[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static int door_open(struct inode *inode, struct file *file)
{
	struct door *door = kvzalloc(sizeof(*door), GFP_KERNEL);

	if (!door)
		return -ENOMEM;
	mutex_init(&door->lock);
	file->private_data = door;
	return 0;
}

/*
 * The monitor may think of the pages as somebody's still: a realm that outlives the
 * attacker writes to them, or they are delegated, and would be wiped when that ends.
 * So the kernel does not get them back before the module goes.
 */
static int door_release(struct inode *inode, struct file *file)
{
	struct door *door = file->private_data;

	guard(mutex)(&old_doors_lock);
	list_add(&door->node, &old_doors);
	return 0;
}

/* A page is the host's if it can be delegated, and be had back. */
static bool is_ours(struct page *page)
{
	phys_addr_t pa = page_to_phys(page);

	rmi_granule_undelegate(pa);
	return !rmi_granule_delegate(pa) && !rmi_granule_undelegate(pa);
}

static void demolish(struct door *door)
{
	unsigned long kept = 0;

	while (door->count) {
		struct page *page = door->pages[--door->count];

		if (is_ours(page))
			__free_page(page);
		else
			kept++;
	}
	if (kept)
		pr_warn("door: %lu pages are the monitor's until the next boot\n", kept);
	kvfree(door);
}

static const struct file_operations door_fops = {
	.owner		= THIS_MODULE,
	.open		= door_open,
	.release	= door_release,
	.mmap		= door_mmap,
	.unlocked_ioctl	= door_ioctl,
};

static struct miscdevice door_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "virtcca-door",
	.fops	= &door_fops,
};

static int __init door_init(void)
{
	return misc_register(&door_device);
}

/* A realm that had our pages mapped has ended by now. */
static void __exit door_exit(void)
{
	struct door *door, *next;

	misc_deregister(&door_device);
	list_for_each_entry_safe(door, next, &old_doors, node)
		demolish(door);
}

module_init(door_init);
module_exit(door_exit);

MODULE_DESCRIPTION("Any SMC from user space, for tests of virtCCA's monitor");
MODULE_LICENSE("GPL");
