using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.TensorCores;

namespace Tenon.Sdk.Tests.TensorCores;

internal sealed class LayoutTests
{
    private static IEnumerable<TensorCore> Cores => TensorCoreList.All;

    [Test]
    public void NamesAreUnique() => Assert.That(TensorCoreList.All.Select(c => c.Name), Is.Unique);

    [TestCaseSource(nameof(Cores))]
    public void EachElementIsInEveryMatrixOnce(TensorCore core)
    {
        foreach (var (layout, row, column) in new[] { (core.A, CoreAxis.M, CoreAxis.K), (core.B, CoreAxis.K, CoreAxis.N), (core.C, CoreAxis.M, CoreAxis.N) })
        {
            var lanes = layout.IsLocal ? 1 : 1 << layout.LaneBits.Count;
            var replicas = 1 << layout.LaneBits.Count(b => b is null);
            var places = from lane in Enumerable.Range(0, lanes) from e in Enumerable.Range(0, layout.Elements) select (layout.IndexOf(row, lane, e), layout.IndexOf(column, lane, e));
            Assert.Multiple(() =>
            {
                Assert.That(lanes, Is.EqualTo(layout.IsLocal ? 1 : core.Lanes));
                Assert.That(places.CountBy(p => p).Select(p => p.Value), Is.All.EqualTo(replicas));
                Assert.That(places.Distinct().Count(), Is.EqualTo(core.SizeOf(row) * core.SizeOf(column)));
                Assert.That(places.Max(), Is.EqualTo((core.SizeOf(row) - 1, core.SizeOf(column) - 1)));
            });
        }
    }

    // As the manuals number them.
    [Test]
    public void FragmentsAreAsInTheManuals()
    {
        var mma = NvidiaCores.Sm80[0];
        for (var lane = 0; lane < 32; lane++)
        {
            for (var i = 0; i < 8; i++)
            {
                Assert.That(mma.A.IndexOf(CoreAxis.M, lane, i), Is.EqualTo((lane >> 2) + (i is 0 or 1 or 4 or 5 ? 0 : 8)));
                Assert.That(mma.A.IndexOf(CoreAxis.K, lane, i), Is.EqualTo((lane % 4 * 2) + (i & 1) + (i >= 4 ? 8 : 0)));
            }

            for (var i = 0; i < 4; i++)
            {
                Assert.That(mma.B.IndexOf(CoreAxis.K, lane, i), Is.EqualTo((lane % 4 * 2) + (i & 1) + (i >= 2 ? 8 : 0)));
                Assert.That(mma.B.IndexOf(CoreAxis.N, lane, i), Is.EqualTo(lane >> 2));
                Assert.That(mma.C.IndexOf(CoreAxis.M, lane, i), Is.EqualTo((lane >> 2) + (i >= 2 ? 8 : 0)));
                Assert.That(mma.C.IndexOf(CoreAxis.N, lane, i), Is.EqualTo((lane % 4 * 2) + (i & 1)));
            }
        }

        // RDNA3: register i of lanes 16 to 31 has the odd rows.
        Assert.That(AmdCores.Rdna3[0].C.IndexOf(CoreAxis.M, 17, 3), Is.EqualTo(7));

        // CDNA3: row 4 · (lane / 16) + i.
        Assert.That(AmdCores.Cdna3[^1].C.IndexOf(CoreAxis.M, 35, 3), Is.EqualTo(11));
    }

    [TestCase("m", "k0")]
    [TestCase("x1", "k0")]
    [TestCase("m0", "-")]
    public void WhatIsNoLayoutIsRefused(string lane, string element) => Assert.Throws<FormatException>(() => _ = new FragmentLayout(lane, element));
}
