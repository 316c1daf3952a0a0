using Tenon.Core;

namespace Tenon.Tests;

// Of numbers of the host.
internal sealed partial class JitFootgunTests
{
    [Test]
    public void NumbersThatAreClosedOverAndChangeThrow()
    {
        var factor = 0;
        var f = Jit.Capture((Tensor x) => x * factor);
        var right = 0;
        Expect("TEN5310", "the number 2", () =>
        {
            for (factor = 1; factor < 6; factor++)
            {
                Assert.That(Values(f(Of(10)))[0], Is.EqualTo(10 * factor));
                right++;
            }
        });
        Assert.That(right, Is.EqualTo(2));
    }

    [Test]
    public void WithVerifyEachCallIsChecked()
    {
        var factor = 3;
        var f = Jit.Capture((Tensor x) => x * factor, new JitOptions { Verify = true });
        Repeat(5, () => Assert.That(Values(f(Of(10)))[0], Is.EqualTo(30)));
        factor = 4;
        Expect("TEN5310", "3", () => f(Of(10)));
    }

    [Test]
    public void NumbersThatArePassedAreRight()
    {
        var f = Jit.Capture((Tensor x, double factor, DayOfWeek day) => x * factor + (int)day);
        for (var i = 0; i < 8; i++)
        {
            Assert.That(Values(f(Of(10), i % 3, (DayOfWeek)(i % 2)))[0], Is.EqualTo(10 * (i % 3) + i % 2));
        }
    }

    [Test]
    public void ZeroAndMinusZeroAreOfTwoKinds()
    {
        var f = Jit.Capture((Tensor x, double value) => Tensor.Where(x > 0, value, x));
        for (var i = 0; i < 6; i++)
        {
            Assert.That(float.IsNegative((float)Values(f(Of(1), i % 2 == 0 ? 0.0 : -0.0))[0]), Is.EqualTo(i % 2 != 0));
        }
    }

    [Test]
    public void BranchesOnArgumentsAreRight()
    {
        var f = Jit.Capture((Tensor x, bool square) => square ? x * x : x * 2);
        for (var i = 0; i < 8; i++)
        {
            Assert.That(Values(f(Of(3), i % 3 == 0))[0], Is.EqualTo(i % 3 == 0 ? 9 : 6));
        }
    }

    [Test]
    public void ValuesThatDependOnArgumentsCannotBeRead()
    {
        Expect("TEN5300", "Item", () => Jit.Capture((Tensor x) => Tensor.Zeros(x.Sum().Item<int>()))(Of(1, 1, 1).Cast(DType.Int32)));
        Expect("TEN5300", "ToArray", () => Jit.Capture((Tensor x) => Tensor.From<float>(x.ToArray<float>()))(Of(1)));
        Expect("TEN5300", "CopyTo", () => Jit.Capture((Tensor x) => x.CopyTo<float>(new float[1]))(Of(1)));
        Expect("TEN5300", "random", () => Jit.Capture(() => Tensor.Rand(1).Item<float>())());
        Expect("TEN5300", "Where", () => Jit.Capture((Tensor x) => x.MaskedSelect(x > 2))(Of(1, 2, 3)));
        var w = Of(1f);
        Expect("TEN5300", "changes", () => Jit.Capture(() => w.Assign(w + 1).Item<float>())());
    }

    [Test]
    public void ValuesThatDependOnNothingAreReadOnce()
    {
        var table = Of(3, 4);
        var f = Jit.Capture((Tensor x) => x * table.Sum().Item<float>() + Tensor.Arange(3).Sum().Item<int>());
        Repeat(4, () => Assert.That(Values(f(Of(2)))[0], Is.EqualTo(17)));
        Assert.That(Jit.Of(f).Replays, Is.EqualTo(2));

        // What was read is another now: so is the capture.
        table.Assign(table * 2).Realize();
        Repeat(4, () => Assert.That(Values(f(Of(2)))[0], Is.EqualTo(31)));
    }

    [Test]
    public void ConstantsOfTheHostAreCheckedOnce()
    {
        var data = new float[] { 1, 2 };
        var f = Jit.Capture((Tensor x) => x + Tensor.From<float>(data));
        Repeat(4, () => Assert.That(Values(f(Of(1, 1))), Is.EqualTo(new[] { 2f, 3 })));
        var g = Jit.Capture((Tensor x) => x + Tensor.From<float>(data));
        Expect("TEN5310", "from the host", () => Repeat(4, () =>
        {
            data[0]++;
            g(Of(1, 1));
        }));
    }

    [Test]
    public void ConstantsThatAreWrittenToBeginAnewInEachCall()
    {
        var f = Jit.Capture((Tensor x) =>
        {
            var buffer = Tensor.From<float>([1, 2, 3]);
            buffer[..1].Assign(buffer[..1] + x);
            return buffer.Realize();
        });
        var results = new List<Tensor>();
        Repeat(5, () => results.Add(f(Of(10))));
        Assert.That(results.Select(r => Values(r)[0]), Is.All.EqualTo(11));
        var constant = Jit.Capture(() => Tensor.From<float>([5]));
        Repeat(4, () => Assert.That(Values(constant().Assign(Of(7)))[0], Is.EqualTo(7)));
        Assert.That(Values(constant())[0], Is.EqualTo(5));
    }

    [Test]
    public void VariablesThatAFunctionBindsItselfThrowWhenTheyChange()
    {
        var (n, position, x) = (new Variable("n", 1, 8), 0, Tensor.Arange(8).Realize());
        var f = Jit.Capture(() => x[TensorIndex.Range(0, n.Bind(++position))].Sum());
        Expect("TEN5310", "variable n", () => Repeat(4, () => f()));
        var g = Jit.Capture((SymInt size) => x[TensorIndex.Range(0, size)].Sum().Realize() + x[TensorIndex.Range(0, n.Bind(size.Value + 1))].Sum().Realize());
        Expect("TEN5302", "bound to 3", () => g(n.Bind(3)));
    }
}
