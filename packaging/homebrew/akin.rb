# A formula for a tap.  Put the archive of `make dist` where url says, and the
# digest of its bytes below.
class Akin < Formula
  desc "Compile a firewall policy into an ipfw ruleset and keep it in force"
  homepage "https://example.org/akin"
  url "https://example.org/akin/akin-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "BSD-2-Clause"

  depends_on "bison" => :build
  depends_on "flex" => :build
  depends_on "jansson"
  depends_on "libyaml"

  def install
    system "make", "install", "INSTALL_FOR=darwin", "RELEASE=1",
           "PREFIX=#{prefix}", "SYSCONFDIR=#{etc}",
           "STATEDIR=#{var}/db/akin",
           "service_darwin=#{prefix}/org.akin.akind.plist"
  end

  def caveats
    <<~EOS
      macOS has had no ipfw since 10.10.  On later releases akinc compiles,
      tests and proves policies for other hosts; akind has nothing to drive.
    EOS
  end

  test do
    (testpath/"policy.akp").write <<~EOS
      zone internet on em0
      from internet to self allow ssh
    EOS
    rules = shell_output("#{bin}/akinc --flavour=freebsd --emit=rules policy.akp")
    assert_match "dst-port 22", rules
  end
end
