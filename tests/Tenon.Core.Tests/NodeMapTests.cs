using NUnit.Framework;

namespace Tenon.Core.Tests;

public sealed class NodeMapTests
{
    [Test]
    public void KeepsWhatADictionaryKeeps()
    {
        var random = new Random(1);
        var (map, set, expected) = (new NodeMap<int>(), new NodeSet(), new Dictionary<UOp, int>());
        for (var i = 0; i < 5_000; i++)
        {
            var node = UOp.Index(random.Next(1_000));
            Assert.That(set.Add(node), Is.EqualTo(!expected.ContainsKey(node)));
            Assert.That(map.TryAdd(node, i), Is.EqualTo(expected.TryAdd(node, i)));
            var other = UOp.Index(random.Next(2_000));
            if (i % 3 == 0)
            {
                map[other] = expected[other] = i;
                set.Add(other);
            }

            Assert.That(map.TryGetValue(other, out var value), Is.EqualTo(expected.TryGetValue(other, out var known)));
            Assert.That(value, Is.EqualTo(known));
        }

        Assert.That(map.Count, Is.EqualTo(expected.Count));
        Assert.That(map.Keys.ToArray(), Is.EquivalentTo(expected.Keys));
        Assert.That(set.Nodes.ToArray(), Is.EqualTo(map.Keys.ToArray()), "both in the order of arrival");
        Assert.Throws<KeyNotFoundException>(() => _ = map[UOp.Index(5_000)]);
    }
}
