using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tenon.Core.Backend;
using Tenon.Sdk.Llvm;

namespace Tenon.Plugins.Cpu.Llvm;

/// <summary>
/// Compiles LLVM IR for this processor to an object in memory, on several threads at once: each compilation has a context of its own,
/// and a target machine that no other uses meanwhile. Objects are ELF on every system, so that one loader does for all.
/// </summary>
internal sealed unsafe class LlvmCompiler
{
    // Loops are laid out and vectors made before LLVM sees them. Its usual pipeline (O2) takes three times as long for the same speed,
    // and makes gathers of neighbouring scalars, which are slower.
    private readonly string _passes;

    private const int CodeGenAggressive = 3;
    private const int RelocPic = 2;
    private const int CodeModelSmall = 3;
    private const int ObjectFile = 1;
    private const int ReturnStatus = 2;
    private const int SeverityError = 0;

    private readonly ConcurrentBag<nint> _machines = [];
    private readonly string _cpu;
    private readonly string _features;
    private readonly string _triple = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-unknown-linux-elf" : "x86_64-unknown-linux-elf";
    private readonly HashSet<string> _has;

    /// <summary>Compiles with a library, for this processor or for another of its kind.</summary>
    /// <param name="library">LLVM.</param>
    /// <param name="cpu">The name of the processor; null for this one.</param>
    /// <param name="features">Its features, such as <c>+avx2,-avx512f</c>; null for this one's.</param>
    public LlvmCompiler(LlvmLibrary library, string? cpu = null, string? features = null)
    {
        Library = library;
        _cpu = cpu ?? library.Take(library.LLVMGetHostCPUName());
        _features = features ?? library.Take(library.LLVMGetHostCPUFeatures());
        _has = [.. _features.Split(',').Where(f => f.StartsWith('+')).Select(f => f[1..])];
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            // macOS and Windows keep this register for themselves.
            _features += ",+reserve-x18";
        }

        // From 18 on, the pass named alone ends the process if it finds that it has more to do.
        _passes = $"sroa,early-cse,instcombine{(library.Major >= 18 ? "<no-verify-fixpoint>" : "")},loop-mssa(licm),simplifycfg";
        string[] parts = [_cpu, _features, _passes, $"{typeof(LlvmRenderer).Module.ModuleVersionId}", $"{typeof(LlvmCompiler).Module.ModuleVersionId}"];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..16];
        Fingerprint = $"llvm-{library.Version}-{RuntimeInformation.ProcessArchitecture}-{hash}".ToLowerInvariant();
    }

    /// <summary>LLVM.</summary>
    public LlvmLibrary Library { get; }

    /// <summary>Version, processor and the build of what writes the IR, hashed.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether the processor has a feature, by LLVM's name, such as <c>avx512f</c>.</summary>
    public bool Has(string feature) => _has.Contains(feature);

    /// <summary>Compiles a module to an object.</summary>
    /// <param name="kernel">The kernel's name, for messages.</param>
    /// <param name="source">The IR.</param>
    /// <exception cref="BackendException">LLVM refuses it.</exception>
    public byte[] Compile(string kernel, string source)
    {
        if (!_machines.TryTake(out var machine))
        {
            machine = CreateMachine();
        }

        var context = Library.LLVMContextCreate();
        var errors = GCHandle.Alloc(new Errors(Library));
        try
        {
            Library.LLVMContextSetDiagnosticHandler(context, &OnDiagnostic, GCHandle.ToIntPtr(errors));
            var module = Parse(kernel, source, context);
            try
            {
                Prepare(module, machine);
                Optimise(kernel, module, machine);
                var binary = Emit(kernel, module, machine);
                return ((Errors)errors.Target!).Text is { Length: > 0 } text ? throw Refused(kernel, text) : binary;
            }
            finally
            {
                Library.LLVMDisposeModule(module);
            }
        }
        finally
        {
            Library.LLVMContextDispose(context);
            errors.Free();
            _machines.Add(machine);
        }
    }

    private nint Parse(string kernel, string source, nint context)
    {
        var bytes = Encoding.UTF8.GetBytes(source);
        nint module;
        byte* message = null;
        fixed (byte* text = bytes, name = Utf8(kernel))
        {
            var buffer = Library.LLVMCreateMemoryBufferWithMemoryRangeCopy(text, (nuint)bytes.Length, name);
            if (Library.LLVMParseIRInContext(context, buffer, &module, &message) != 0)
            {
                throw Refused(kernel, Library.Take(message));
            }
        }

        if (Library.LLVMVerifyModule(module, ReturnStatus, &message) != 0)
        {
            Library.LLVMDisposeModule(module);
            throw Refused(kernel, Library.Take(message));
        }

        Library.LLVMDisposeMessage(message);
        return module;
    }

    private void Prepare(nint module, nint machine)
    {
        fixed (byte* triple = Utf8(_triple))
        {
            Library.LLVMSetTarget(module, triple);
        }

        var layout = Library.LLVMCreateTargetDataLayout(machine);
        Library.LLVMSetModuleDataLayout(module, layout);
        Library.LLVMDisposeTargetData(layout);
    }

    private void Optimise(string kernel, nint module, nint machine)
    {
        var options = Library.LLVMCreatePassBuilderOptions();
        fixed (byte* passes = Utf8(_passes))
        {
            var error = Library.LLVMRunPasses(module, passes, machine, options);
            Library.LLVMDisposePassBuilderOptions(options);
            if (error != 0)
            {
                var message = Library.LLVMGetErrorMessage(error);
                var text = Marshal.PtrToStringUTF8((nint)message) ?? "";
                Library.LLVMDisposeErrorMessage(message);
                throw Refused(kernel, text);
            }
        }
    }

    private byte[] Emit(string kernel, nint module, nint machine)
    {
        nint buffer;
        byte* message = null;
        if (Library.LLVMTargetMachineEmitToMemoryBuffer(machine, module, ObjectFile, &message, &buffer) != 0)
        {
            throw Refused(kernel, Library.Take(message));
        }

        var binary = new ReadOnlySpan<byte>(Library.LLVMGetBufferStart(buffer), checked((int)Library.LLVMGetBufferSize(buffer))).ToArray();
        Library.LLVMDisposeMemoryBuffer(buffer);
        return binary;
    }

    private nint CreateMachine()
    {
        fixed (byte* triple = Utf8(_triple), cpu = Utf8(_cpu), features = Utf8(_features))
        {
            nint target;
            byte* message = null;
            if (Library.LLVMGetTargetFromTriple(triple, &target, &message) != 0)
            {
                throw new BackendException("TEN4001", $"LLVM {Library.Version} ({Library.Path}) can't compile for {_triple}: {Library.Take(message)}");
            }

            return Library.LLVMCreateTargetMachine(target, triple, cpu, features, CodeGenAggressive, RelocPic, CodeModelSmall);
        }
    }

    private BackendException Refused(string kernel, string reason) =>
        new("TEN4001", $"LLVM {Library.Version} ({Library.Path}) could not compile kernel {kernel}: {reason.Trim()}");

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    // Remarks and warnings come here too.
    [UnmanagedCallersOnly]
    private static void OnDiagnostic(nint diagnostic, nint errors)
    {
        var list = Unsafe.As<Errors>(GCHandle.FromIntPtr(errors).Target!);
        if (list.Library.LLVMGetDiagInfoSeverity(diagnostic) == SeverityError)
        {
            list.Text += list.Library.Take(list.Library.LLVMGetDiagInfoDescription(diagnostic)) + "\n";
        }
    }

    private sealed class Errors(LlvmLibrary library)
    {
        public LlvmLibrary Library => library;

        public string Text { get; set; } = "";
    }
}
