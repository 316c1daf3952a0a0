using System.IO.Compression;
using Tenon.Core;
using Tenon.State;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Arrays of numpy. <c>Data/make_files.py</c> has made the files.</summary>
internal sealed class NpyTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("tenon").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ArraysOfNumpyAreRead()
    {
        var arrays = NpyFile.OpenZip(Data("arrays.npz"));
        DType[] dtypes = [DType.Bool, DType.Int8, DType.Int16, DType.Int32, DType.Int64, DType.UInt8, DType.UInt16, DType.UInt32, DType.UInt64, DType.Float16, DType.Float32, DType.Float64];
        string[] names = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"];
        for (var i = 0; i < names.Length; i++)
        {
            var expected = dtypes[i].IsBool ? new double[] { 0, 1, 1, 1, 1, 1 } : [0, 3, 6, 2, 5, 1];
            foreach (var name in new[] { names[i], $"{names[i]}_big", $"{names[i]}_fortran" })
            {
                Assert.That(arrays[name].DType, Is.EqualTo(dtypes[i]));
                Expect(arrays[name].To("CPU"), expected, 0, [2, 3]);
            }

            Assert.That(arrays[$"{names[i]}_fortran"].Device, Is.EqualTo(TensorExecutor.Current.FileDevice), "it is read when it is used");
        }

        ExpectOthers(arrays);
        ExpectOthers(NpyFile.LoadZip(Data("arrays-compressed.npz")));
        foreach (var name in new[] { "c8", "c8_big", "c8_fortran" })
        {
            Assert.That(arrays[name].DType, Is.EqualTo(DType.Complex64));
            Assert.That(arrays[name].To("CPU").ToBytes(), Is.EqualTo(Tensor.From<float>([0, 0, 3, 0, 6, 0, 2, 0, 5, 0, 1, 0]).ToBytes()));
        }

        Expect(NpyFile.Load(Data("v2.npy")), [0, 3, 6, 2, 5, 1], 0, [2, 3]);
        Expect(NpyFile.Load(Data("v3.npy")), [0, 3, 6, 2, 5, 1], 0, [2, 3]);
        Assert.That(NpyFile.Open(Data("arrays.npz").Replace("arrays.npz", "v2.npy"))[1].ToArray<int>(), Is.EqualTo(new[] { 2, 5, 1 }));
    }

    [Test]
    public void WhatIsWrittenComesBack()
    {
        var tensors = DType.All.Where(d => d.Bytes > 0 && d != DType.BFloat16 && NpyTypes.Contains(d)).ToDictionary(d => d.Name, d => (Tensor.Arange(6).Reshape(2, 3) * 0.75).Cast(d));
        tensors["scalar"] = Tensor.Full([], 3.5);
        tensors["none"] = Tensor.Zeros(0, 3);
        tensors["long"] = Tensor.Arange(3);
        foreach (var compressed in new[] { false, true })
        {
            NpyFile.SaveZip(In("x.npz"), tensors, compressed);
            var loaded = NpyFile.LoadZip(In("x.npz"));
            foreach (var (name, tensor) in tensors)
            {
                Assert.That(loaded[name].DType, Is.EqualTo(tensor.DType));
                Expect(loaded[name], tensor, 0);
            }
        }

        NpyFile.Save(In("x.npy"), tensors["float32"]);
        Expect(NpyFile.Load(In("x.npy")), tensors["float32"], 0);
        Assert.That(new FileInfo(In("x.npy")).Length, Is.EqualTo(128 + 24));
        ExpectError("TEN5141", () => NpyFile.Save(In("x.npy"), Tensor.Ones(2).Cast(DType.BFloat16)));
    }

    [Test]
    public void RecordsAndBombsAreRefused()
    {
        var error = Assert.Throws<TenonFormatException>(() => NpyFile.Open(Data("record.npy")));
        Assert.That((error!.Code, error.Field, error.File), Is.EqualTo(("TEN5140", "header.descr", Data("record.npy"))));

        using (var zip = new ZipArchive(File.Create(In("bomb.npz")), ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("a.npy", CompressionLevel.Optimal).Open();
            entry.Write(new byte[32 << 20]);
        }

        ExpectError("TEN5131", () => NpyFile.OpenZip(In("bomb.npz")));
    }

    private static DType[] NpyTypes => [DType.Bool, DType.Int8, DType.Int16, DType.Int32, DType.Int64, DType.UInt8, DType.UInt16, DType.UInt32, DType.UInt64, DType.Float16, DType.Float32, DType.Float64];

    private static void ExpectOthers(IReadOnlyDictionary<string, Tensor> arrays)
    {
        Expect(arrays["f4"].To("CPU"), [0, 3, 6, 2, 5, 1], 0, [2, 3]);
        Expect(arrays["scalar"].To("CPU"), [2.5], 0, []);
        Expect(arrays["empty"].To("CPU"), [], 0, [0, 3]);
        Expect(arrays["cube"].To("CPU"), Enumerable.Range(0, 24).Select(i => (double)i).ToArray(), 0, [2, 3, 4]);
    }

    private static string Data(string name) => System.IO.Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", name);

    private string In(string name) => System.IO.Path.Combine(_folder, name);
}
