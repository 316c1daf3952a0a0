using Tenon.Core;
namespace Tenon.Compiler.Tests.Workgroups;
public class DebugTests
{
    [Test]
    public void Debug()
    {
        foreach (var seed in new[] { 74000043 })
        {
            var seen = new List<string>();
            using var variant = RandomProgramVariant.Groups("lanes=64;subgroup=8", 4);
            var p = RandomProgramGenerator.Create(seed);
            foreach (var r in p.Results)
            {
                var q = (p with { Results = [r] }).Trimmed();
                RandomLoops.Log.Clear();
                if (variant.Check(q) is { } failure)
                {
                    Console.WriteLine($"{seed}: {failure.Kind} {failure.Text[..Math.Min(300, failure.Text.Length)]}");
                    foreach (var l in RandomLoops.Log) Console.WriteLine(l);
                    Console.WriteLine(failure.Text);
                }
            }
        }
    }
}
