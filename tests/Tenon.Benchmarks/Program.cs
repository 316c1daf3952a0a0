using System.CommandLine;
using Tenon.Benchmarks;

if (ColdStart.TryRunChild(args) || SecondProcess.TryRunChild(args))
{
    return 0;
}

var json = new Option<FileInfo?>("--json") { Description = "Also write the figures to this file." };
var tinygrad = new Option<DirectoryInfo?>("--tinygrad") { Description = "A checkout of tinygrad, to be measured on the same machine." };
var only = new Option<string[]>("--only") { Description = "Of the models, only these.", AllowMultipleArgumentsPerToken = true };
var root = new RootCommand("Measures Tenon. Without a command: everything.")
{
    Section("engine", "Build, schedule and lower whole models; rewriting; first kernel.", r => EngineBenchmark.Run(r, null, [])),
    Section("kernels", "How many kernels well-known expressions become.", KernelCounts.Run),
    Section("start", "The first kernel of a process, and small operations.", StartBenchmark.Run),
    Section("generators", "The default device's code generators on the same programs.", r => GeneratorBenchmark.Run(r, [], own: false)),
    Section("cpu", "Kernels on the default device.", CpuBenchmark.Run),
};
root.Subcommands[0].Options.Add(tinygrad);
root.Subcommands[0].Options.Add(only);
root.Subcommands[0].SetAction(p => Report(p, r => EngineBenchmark.Run(r, p.GetValue(tinygrad), p.GetValue(only) ?? [])));
var words = new Option<string[]>("--only") { Description = "Only kernels whose names have one of these in them.", AllowMultipleArgumentsPerToken = true };
var own = new Option<bool>("--own") { Description = "Give each generator a program made for it, instead of that of the first." };
var generators = root.Subcommands.Single(c => c.Name == "generators");
generators.Options.Add(words);
generators.Options.Add(own);
generators.SetAction(p => Report(p, r => GeneratorBenchmark.Run(r, p.GetValue(words) ?? [], p.GetValue(own))));
root.Options.Add(json);
root.SetAction(p => Report(p, r =>
{
    EngineBenchmark.Run(r, null, []);
    KernelCounts.Run(r);
    CpuBenchmark.Run(r);
}));
return root.Parse(args).Invoke();

Command Section(string name, string description, Action<Results> measure)
{
    var command = new Command(name, description) { json };
    command.SetAction(p => Report(p, measure));
    return command;
}

void Report(ParseResult parsed, Action<Results> measure)
{
    var results = new Results();
    measure(results);
    results.Print();
    if (parsed.GetValue(json) is { } file)
    {
        results.Save(file);
    }
}
