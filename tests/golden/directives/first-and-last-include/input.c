#include <linux/a.h>
#include <linux/b.h>
#include "c.h"
