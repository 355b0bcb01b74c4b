// Third step: paths on which nothing is freed no longer stand in the way.
// not idempotent
@@
type T;
identifier dev, priv;
@@
(
i2c_set_clientdata(dev, priv);
|
priv = i2c_get_clientdata(dev);
|
T priv = i2c_get_clientdata(dev);
)
...
+ i2c_set_clientdata(dev, NULL);
? kfree(priv);
