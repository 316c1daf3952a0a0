namespace Tenon.Tests;

// Of what a call returns.
internal sealed partial class JitFootgunTests
{
    [Test]
    public void ResultsAreNotOverwrittenByTheNextCall()
    {
        var f = Jit.Capture((Tensor x) => x.Sum());
        var results = Enumerable.Range(1, 6).Select(i => f(Of(i, i))).ToArray();
        Assert.That(results.Select(r => Values(r)[0]), Is.EqualTo(new[] { 2f, 4, 6, 8, 10, 12 }));
    }

    [Test]
    public void ResultsMayBecomeArguments()
    {
        var f = Jit.Capture((Tensor x) => (x + 1).Realize() * 2);
        var x = Of(20f);
        for (var i = 0; i < 5; i++)
        {
            x = f(x);
        }

        Assert.That(Values(x)[0], Is.EqualTo(702));
        var y = Of(100f);
        for (var i = 0; i < 3; i++)
        {
            y = f(y);
        }

        Assert.That((Values(y)[0], Values(x)[0]), Is.EqualTo((814f, 702f)));
    }

    [Test]
    public void SeveralResultsOfOneValueAndShiftedBuffers()
    {
        var f = Jit.Capture((Tensor buffer, Tensor frame) =>
        {
            var next = Tensor.Cat([buffer[1..], frame], 0);
            return (next.Contiguous(), next[..1].Contiguous());
        });
        var buffer = Of(0, 1, 2);
        for (var i = 0; i < 6; i++)
        {
            var expected = Values(buffer)[1];
            (buffer, var first) = f(buffer, Of(10 + i));
            Assert.That(Values(first)[0], Is.EqualTo(expected));
        }

        Assert.That(Values(buffer), Is.EqualTo(new[] { 13f, 14, 15 }));
    }

    [Test]
    public void PlainResultsOfPlainArgumentsAreRight()
    {
        var f = Jit.Capture((Tensor x, int factor) => (x * 2, factor * 10));
        for (var i = 0; i < 6; i++)
        {
            var (y, tens) = f(Of(i), i % 2);
            Assert.That((Values(y)[0], tens), Is.EqualTo((2f * i, i % 2 * 10)));
        }
    }

    [Test]
    public void PlainResultsThatChangeThrow()
    {
        var count = 0;
        var f = Jit.Capture((Tensor x) => (x, ++count));
        Expect("TEN5310", "returned", () => Repeat(4, () => f(Of(1))));
    }

    [Test]
    public void NothingNeedsToBeComputed()
    {
        var f = Jit.Capture((Tensor a, Tensor b) => { });
        Repeat(4, () => f(Of(1), Of(2)));
        var same = Jit.Capture((Tensor a) => (a, a[1..], Tensor.Zeros(2)));
        Repeat(4, () =>
        {
            var x = Of(1, 2);
            var (whole, part, zeros) = same(x);
            Assert.That(whole, Is.SameAs(x));
            x.Assign(x * 2);
            Assert.That(Values(part)[0], Is.EqualTo(4), "a view of the argument");
            Assert.That(Values(zeros), Is.EqualTo(new[] { 0f, 0 }));
        });
    }
}
