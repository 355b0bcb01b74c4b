#include <linux/kernel.h>
#include <linux/a.h>

int x;
