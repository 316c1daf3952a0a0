using System.Diagnostics;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>
/// The code generators of the default device on the same programs, on one thread: what the first of them is given, whatever the others
/// could be given. So only the code differs. Runs alternate; the best of each counts.
/// </summary>
internal static class GeneratorBenchmark
{
    private const int Rounds = 15;
    private const int Compilations = 3;
    private static readonly TimeSpan PerRun = TimeSpan.FromMilliseconds(8);

    private static readonly (string Name, DType DType, long[][] Inputs, Func<Tensor[], Tensor> Compute)[] Kernels =
    [
        ("sgemm 256", DType.Float32, [[256, 256], [256, 256]], x => x[0].MatMul(x[1])),
        ("sgemm 512", DType.Float32, [[512, 512], [512, 512]], x => x[0].MatMul(x[1])),
        ("sgemm 512, b transposed", DType.Float32, [[512, 512], [512, 512]], x => x[0].MatMul(x[1].Transpose(0, 1))),
        ("vector by matrix 1024", DType.Float32, [[1, 1024], [1024, 1024]], x => x[0].MatMul(x[1])),
        ("matrix by vector 1024", DType.Float32, [[1024, 1024], [1024, 1]], x => x[0].MatMul(x[1])),
        ("conv 3x3 64x28x28", DType.Float32, [[1, 64, 28, 28], [64, 64, 3, 3]], x => x[0].Conv2d(x[1], padding: 1)),
        ("depthwise 3x3 64x28x28", DType.Float32, [[1, 64, 28, 28], [64, 1, 3, 3]], x => x[0].Conv2d(x[1], groups: 64, padding: 1)),
        ("softmax 256x1024", DType.Float32, [[256, 1024]], x => x[0].Softmax()),
        ("layer norm 256x1024", DType.Float32, [[256, 1024]], x => x[0].LayerNorm(1)),
        ("sum of rows 512x512", DType.Float32, [[512, 512]], x => x[0].Sum(1)),
        ("sum of columns 512x512", DType.Float32, [[512, 512]], x => x[0].Sum(0)),
        ("greatest of rows 512x512", DType.Float32, [[512, 512]], x => x[0].Max(1)),
        ("index of greatest 512x512", DType.Float32, [[512, 512]], x => x[0].ArgMax(1)),
        ("a·b + c, 64 Ki", DType.Float32, [[1 << 16], [1 << 16], [1 << 16]], x => x[0] * x[1] + x[2]),
        ("gelu 64 Ki", DType.Float32, [[1 << 16]], x => x[0].Gelu()),
        ("sin 64 Ki", DType.Float32, [[1 << 16]], x => x[0].Sin()),
        ("transpose 512x512", DType.Float32, [[512, 512]], x => x[0].Transpose(0, 1).Contiguous()),
        ("gather 1024 rows of 64", DType.Float32, [[4096, 64]], x => x[0].IndexSelect(0, (Tensor.Arange(1024) * 37 % 4096).Realize())),
        ("uint8 to float32, 64 Ki", DType.UInt8, [[1 << 16]], x => x[0].Cast(DType.Float32) * (1 / 255f)),
        ("float16 a + b, 64 Ki", DType.Float16, [[1 << 16], [1 << 16]], x => x[0] + x[1]),
        ("bfloat16 a·b + c, 64 Ki", DType.BFloat16, [[1 << 16], [1 << 16], [1 << 16]], x => x[0] * x[1] + x[2]),
        ("bfloat16 matmul 256", DType.BFloat16, [[256, 256], [256, 256]], x => x[0].MatMul(x[1])),
        ("int8 matmul 256", DType.Int8, [[256, 256], [256, 256]], x => x[0].Cast(DType.Int32).MatMul(x[1].Cast(DType.Int32))),
    ];

    /// <summary>Measures those whose names contain one of the words; all if there are none.</summary>
    public static void Run(Results results, string[] only, bool own)
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("plugins:tenon.cpu:threads", "1"), new("cache:enabled", "false")])).Build();
        TenonRuntime.Default = runtime;
        var opened = runtime.Devices.Open(runtime.Devices.Default);
        foreach (var (name, dtype, inputs, compute) in Kernels.Where(k => only.Length == 0 || only.Any(o => k.Name.Contains(o, StringComparison.OrdinalIgnoreCase))))
        {
            Tensor[] x = [.. inputs.Select(shape => (dtype.IsInteger ? Tensor.Rand(shape) * 100 : Tensor.Rand(shape)).Cast(dtype).Realize())];
            var schedule = runtime.Schedule([(compute(x).Node, opened.Name)]);
            var kernels = schedule.Calls.Where(c => c.Kernel is not null).Select(c => c.Kernel!).ToList();
            var target = opened.Device.CodeGenerators[0].Target;
            var kernel = kernels.MaxBy(k => KernelCompiler.Compile(k, opened.Capabilities, target) is var p ? p.Operations + p.MemoryBytes : 0)!;
            List<Candidate> candidates = [.. opened.Device.CodeGenerators.Select(g => Candidate.TryCreate(opened, g, kernel, own ? g.Target : target)).OfType<Candidate>()];
            for (var round = 0; round < Rounds; round++)
            {
                candidates.ForEach(c => c.Measure(PerRun));
            }

            foreach (var c in candidates)
            {
                var notes = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{c.Program.Operations / c.Best / 1e9:0.0} GFLOPS, {c.Program.MemoryBytes / c.Best / 1e9:0.0} GB/s, {candidates[0].Best / c.Best:0.00}× {candidates[0].Name}, compiled in {c.CompileMilliseconds:0.0} ms");
                results.Add($"{name}, {c.Name}", c.Best * 1e6, "µs", notes);
                c.Dispose();
            }
        }
    }

    private sealed class Candidate : IDisposable
    {
        private readonly Device _device;
        private readonly KernelProgram _loaded;
        private readonly DeviceBuffer[] _buffers;

        private Candidate(Device device, string name, LinearProgram program, KernelProgram loaded, double compileMilliseconds)
        {
            (_device, Name, Program, _loaded, CompileMilliseconds) = (device, name, program, loaded, compileMilliseconds);
            _buffers = [.. program.Parameters.Select(Fill)];
        }

        public string Name { get; }

        public LinearProgram Program { get; }

        public double CompileMilliseconds { get; }

        /// <summary>Seconds of a launch.</summary>
        public double Best { get; private set; } = double.PositiveInfinity;

        /// <summary>Null for a generator that can't take the program.</summary>
        public static Candidate? TryCreate(OpenedDevice opened, CodeGenerator generator, UOp kernel, CodeGeneratorTarget target)
        {
            var program = KernelCompiler.Compile(kernel, opened.Capabilities, target);
            try
            {
                LinearSpecification.Check(program, generator.Target);
                var (best, loaded) = (double.PositiveInfinity, default(KernelProgram));
                for (var i = 0; i < Compilations; i++)
                {
                    loaded?.Dispose();
                    var start = Stopwatch.GetTimestamp();
                    loaded = opened.Device.Load(generator.Generate(program));
                    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }

                return new Candidate(opened.Device, generator.Name, program, loaded!, best);
            }
            catch (TenonException e) when (e.Code is "TEN1002" or "TEN4010")
            {
                return null;
            }
        }

        public void Measure(TimeSpan time)
        {
            var views = Array.ConvertAll(_buffers, b => new BufferView(b, 0, b.Bytes));
            var begin = Stopwatch.GetTimestamp();
            do
            {
                var start = Stopwatch.GetTimestamp();
                _loaded.Launch(views);
                _device.Synchronize();
                Best = Math.Min(Best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
            while (Stopwatch.GetElapsedTime(begin) < time);
        }

        public void Dispose()
        {
            _loaded.Dispose();
            Array.ForEach(_buffers, b => b.Dispose());
        }

        // Numbers that are neither zero nor subnormal; indices stay in what they index.
        private DeviceBuffer Fill(KernelParameter parameter)
        {
            var content = new byte[parameter.DType.BytesOf(parameter.Size)];
            for (var i = 0; parameter.DType.IsFloat && i < parameter.Size; i++)
            {
                var bits = ((Scalar)(0.25 + i % 64 / 64.0)).ToBits(parameter.DType);
                BitConverter.GetBytes(bits).AsSpan(0, parameter.DType.Bytes).CopyTo(content.AsSpan(i * parameter.DType.Bytes));
            }

            var buffer = _device.Allocator.Allocate(content.Length);
            _device.Allocator.CopyIn(new BufferView(buffer, 0, content.Length), content);
            return buffer;
        }
    }
}
