using System.Text;

namespace Tenon.Tests;

/// <summary>Against Python's hashlib.</summary>
internal sealed class HashTests
{
    [TestCase(KeccakHash.Sha3Bits224, "", "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7")]
    [TestCase(KeccakHash.Sha3Bits384, "abc", "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25")]
    [TestCase(KeccakHash.Sha3Bits512, "abc", "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0")]
    [TestCase(KeccakHash.Shake256, "abc", "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739")]
    public void Short_messages(KeccakHash hash, string message, string expected) =>
        Assert.That(Hex(Tensor.From<byte>(Encoding.ASCII.GetBytes(message)).Keccak(hash)), Is.EqualTo(expected));

    [Test]
    public void Several_messages_of_several_blocks()
    {
        var message = Enumerable.Range(0, 300).Select(i => (byte)(i * 7)).ToArray();
        var both = Tensor.Stack([Tensor.From<byte>(message), Tensor.Zeros([300], DType.UInt8)]).Keccak();
        Assert.That(both.Shape.ToArray(), Is.EqualTo(new long[] { 2, 32 }));
        Assert.That(Hex(both[0]), Is.EqualTo("c87546fd20d13b902ade349f6e67c3b1085d6a746ae0e9a01dfa62c26297b2a7"));

        // A message of exactly the rate, and more bytes than one block gives.
        Assert.That(Hex(Tensor.From<byte>(message[..168]).Keccak(KeccakHash.Shake128, 200)[^16..]), Is.EqualTo("dc3dbe87c53db88c4554c18aae44c899"));
        TensorTest.ExpectError("TEN3167", () => Tensor.Zeros(3).Keccak());
        TensorTest.ExpectError("TEN3167", () => Tensor.Zeros([3], DType.UInt8).Keccak(length: 5));
    }

    [Test]
    public void Threefry_is_that_of_the_random_numbers()
    {
        Tensor.ManualSeed(5);
        var bits = Tensor.RandomBits([4]);
        var own = (Tensor.Arange(4).Threefry(5) >> 32).Cast(DType.UInt32);
        Assert.That(own.ToArray<uint>(), Is.EqualTo(bits.ToArray<uint>()));
    }

    private static string Hex(Tensor bytes) => Convert.ToHexStringLower(bytes.ToArray<byte>());
}
