#include <linux/kernel.h>
#include <linux/a.h>
#include <linux/b.h>

int x;
