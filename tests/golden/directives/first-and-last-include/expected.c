#include "first.h"
#include <linux/a.h>
#include <linux/b.h>
#include "last.h"
#include "c.h"
