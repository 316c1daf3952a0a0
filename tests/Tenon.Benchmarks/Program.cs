using System.CommandLine;
using Tenon.Benchmarks;

if (ColdStart.TryRunChild(args) || SecondProcess.TryRunChild(args) || FirstRun.TryRunChild(args))
{
    return 0;
}

var json = new Option<FileInfo?>("--json") { Description = "Also write the figures to this file." };
var tinygrad = new Option<DirectoryInfo?>("--tinygrad") { Description = "A checkout of tinygrad, to be measured on the same machine." };
var only = new Option<string[]>("--only") { Description = "Of the models, only these.", AllowMultipleArgumentsPerToken = true };
var root = new RootCommand("Measures Tenon. Without a command: the compiler, and how many kernels it makes.")
{
    Section("engine", "Build, schedule and lower whole models; rewriting; first kernel.", r => EngineBenchmark.Run(r, null, [])),
    Section("kernels", "How many kernels well-known expressions become.", KernelCounts.Run),
    Section("start", "The first kernel of a process, and small operations.", StartBenchmark.Run),
    Section("generators", "The default device's code generators on the same programs.", r => GeneratorBenchmark.Run(r, [], own: false)),
    Cpu(),
    Devices(),
};
var functions = new Option<string[]>("--function") { Description = "Of the functions, only these.", AllowMultipleArgumentsPerToken = true };
var stride = new Option<int>("--stride") { Description = "Every how manieth number of float32 is tried; 1 for all.", DefaultValueFactory = _ => 1021 };
var exhaustive = new Option<bool>("--exhaustive") { Description = "Every number of float32 is tried: about a minute for each function." };
var generator = new Option<string[]>("--generator") { Description = "The code generators of the CPU.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["CLR"] };
var wide = new Option<bool>("--float64") { Description = "The functions of float64 instead, at samples, against mpmath for Python." };
var maths = new Command("maths", "The errors of functions such as exp, in units in the last place.") { functions, stride, exhaustive, generator, wide, json };
var speed = new Command("speed", "How long functions take for an element, on one thread, beside PyTorch.") { functions, json };
maths.SetAction(p => Report(p, r =>
{
    var (names, generators) = (p.GetValue(functions) ?? [], p.GetValue(generator)!);
    if (p.GetValue(wide))
    {
        WideAccuracy.Run(r, names, generators);
    }
    else
    {
        MathAccuracy.Run(r, names, p.GetValue(exhaustive) ? 1 : p.GetValue(stride), generators);
    }
}));
speed.SetAction(p => Report(p, r => MathSpeed.Run(r, p.GetValue(functions) ?? [])));
maths.Subcommands.Add(speed);
root.Subcommands.Add(maths);
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
}));
return root.Parse(args).Invoke();

Command Section(string name, string description, Action<Results> measure)
{
    var command = new Command(name, description) { json };
    command.SetAction(p => Report(p, measure));
    return command;
}

Command Cpu()
{
    var sections = new Option<string[]>("--only") { Description = "Only these sections.", HelpName = string.Join('|', CpuBenchmark.Sections.Select(s => s.Name)), AllowMultipleArgumentsPerToken = true };
    sections.AcceptOnlyFromAmong([.. CpuBenchmark.Sections.Select(s => s.Name)]);
    var cases = new Option<string[]>("--case") { Description = "Only cases whose name contains one of these.", HelpName = "TEXT", AllowMultipleArgumentsPerToken = true };
    var threads = new Option<int[]>("--threads") { Description = "Numbers of threads, instead of those of the section.", HelpName = "N", AllowMultipleArgumentsPerToken = true };
    var processorTime = new Option<bool>("--processor-time") { Description = "Measure processor time of all threads instead of time on the wall: for one thread on a machine that is busy." };
    var onnxRuntime = new Option<DirectoryInfo?>("--onnxruntime") { Description = "The folder whose node_modules has onnxruntime-node, if peers/install.sh has not put it beside this program's source.", HelpName = "DIR" };
    var command = new Command("cpu", "Kernels, models and training on the CPU, beside each peer that is found.") { json, sections, cases, threads, processorTime, tinygrad, onnxRuntime };
    command.SetAction(p => CpuBenchmark.Run(
        new CpuOptions
        {
            Only = p.GetValue(sections) ?? [],
            Cases = p.GetValue(cases) ?? [],
            Threads = p.GetValue(threads) ?? [],
            ProcessorTime = p.GetValue(processorTime),
            Tinygrad = p.GetValue(tinygrad),
            OnnxRuntime = p.GetValue(onnxRuntime),
        },
        p.GetValue(json)));
    return command;
}

Command Devices()
{
    var devices = new Option<string[]>("--device") { Description = "The devices.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["CL"] };
    var command = new Command("gpu", "Kernels and a block of ResNet on devices with workgroups, beside tinygrad by the same library.") { json, devices, tinygrad };
    command.SetAction(p => Report(p, r => DeviceBenchmark.Run(r, p.GetValue(devices) ?? [], p.GetValue(tinygrad))));
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
