using Tenon.Core;

namespace Tenon.Tests;

// Of what it is given.
internal sealed partial class JitFootgunTests
{
    [Test]
    public void OneTensorMayBeGivenTwice()
    {
        var f = Jit.Capture((Tensor a, Tensor b) =>
        {
            a.Assign(a + 1);
            return a * 10 + b;
        });
        for (var i = 0; i < 5; i++)
        {
            var (x, y) = (Of(i), Of(100));
            Assert.That(Values(f(x, x))[0], Is.EqualTo(11 * (i + 1)));
            Assert.That(Values(f(x, y))[0], Is.EqualTo(10 * (i + 2) + 100));
            Assert.That((Values(x)[0], Values(y)[0]), Is.EqualTo((i + 2f, 100f)));
        }
    }

    [Test]
    public void AnArgumentMayBeATensorThatTheFunctionClosesOver()
    {
        var w = Of(1f);
        var f = Jit.Capture((Tensor x) =>
        {
            x.Assign(x + w);
            return w * 1;
        });
        for (var i = 0; i < 4; i++)
        {
            var (x, before) = (Of(5f), Values(w)[0]);
            Assert.That(Values(f(x))[0], Is.EqualTo(before), "w, which is not the argument");
            Assert.That(Values(x)[0], Is.EqualTo(5 + before));
            Assert.That(Values(f(w))[0], Is.EqualTo(2 * before), "w, which is the argument");
            Assert.That(Values(w)[0], Is.EqualTo(2 * before));
        }
    }

    [Test]
    public void ViewsOfAnythingMayBeArguments()
    {
        var f = Jit.Capture((Tensor a, Tensor whole) => a + whole.Sum());
        var x = Tensor.Arange(100).Cast(DType.Float32).Reshape(10, 10).Realize();
        for (var i = 0; i < 6; i++)
        {
            Assert.That(Values(f(x[.., i..(i + 2)], x))[3], Is.EqualTo(11 + i + 4950));
        }

        Assert.That(Jit.Of(f).Replays, Is.EqualTo(4));
    }

    [Test]
    public void ViewsThatAreWrittenToThrow()
    {
        var f = Jit.Capture((Tensor x) => x.Assign(x + 1));
        var whole = Of(1, 2, 3);
        Expect("TEN5305", "view", () => f(whole[1..]));
        Expect("TEN5305", "literal", () => f(2.0));
        Assert.That(Values(whole), Is.EqualTo(new[] { 1f, 2, 3 }));
    }

    [Test]
    public void LazyAndLiteralArgumentsAreData()
    {
        var f = Jit.Capture((Tensor a, Tensor b) => a * b);
        for (var i = 0; i < 6; i++)
        {
            Assert.That(Values(f(Of(1, 2) + i, i))[1], Is.EqualTo((2 + i) * i));
        }

        Assert.That(Jit.Of(f).Replays, Is.EqualTo(4));
    }

    [Test]
    public void OtherShapesAreOtherCaptures()
    {
        var f = Jit.Capture((Tensor a, Tensor b) => a + b);
        Repeat(3, () => Assert.That(Values(f(Tensor.Ones(10, 10), Tensor.Ones(10, 10))), Has.Length.EqualTo(100)));
        Repeat(3, () => Assert.That(Values(f(Tensor.Ones(20, 20), Tensor.Ones(20, 20))), Has.Length.EqualTo(400)));
        Assert.That(Jit.Of(f).Captures, Is.EqualTo(2));
    }

    [Test]
    public void NamedArgumentsMayBeGivenInAnyOrder()
    {
        var f = Jit.Capture((Dictionary<string, Tensor> named) => named["first"] / named["second"]);
        for (var i = 1; i < 6; i++)
        {
            var (a, b) = (Of(6 * i), Of(2));
            Assert.That(Values(f(i % 2 == 0 ? new() { ["first"] = a, ["second"] = b } : new() { ["second"] = b, ["first"] = a }))[0], Is.EqualTo(3 * i));
        }

        Assert.That(Jit.Of(f).Captures, Is.EqualTo(1));
    }

    [Test]
    public void ArgumentsMayBeChanged()
    {
        var f = Jit.Capture((Tensor x) =>
        {
            x.Assign(x + 1);
            return x;
        });
        var (a, b) = (Of(0), Of(10));
        Repeat(5, () => Assert.That(f(a), Is.SameAs(a)));
        Repeat(2, () => f(b));
        Assert.That((Values(a)[0], Values(b)[0]), Is.EqualTo((5f, 12f)));
    }
}
