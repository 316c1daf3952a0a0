#:project ../../core/Tenon/Tenon.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
using Tenon;

// tenon explain docs/samples/softmax.cs
var x = Tensor.Rand([64, 100]).Realize();
var y = (x * 2 + 0).Softmax().Flip(1);
Console.WriteLine($"sum {y.Sum().Item<float>():0.000}");
