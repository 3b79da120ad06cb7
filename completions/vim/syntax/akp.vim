" Vim syntax file
" Language: akp(5), the policies of akinc(1)

if exists('b:current_syntax')
  finish
endif

syntax case match
syntax iskeyword @,48-57,_,45,46

syntax keyword akpStatement zone service host hosts trust nat forward from to
syntax keyword akpStatement default include test
syntax keyword akpVerdict allow deny reject
syntax keyword akpProtocol tcp udp icmp icmp6 proto
syntax keyword akpQualifier on net port log limit per source label comment
syntax keyword akpTest expect then after reply again flags via by line
syntax keyword akpSpecial self any active

" The commonest services of the catalogue.
syntax keyword akpService ping dns mdns ntp dhcp-client dhcp-server
syntax keyword akpService dhcpv6-client dhcpv6-server http https http3 ssh
syntax keyword akpService ftp tftp smtp submission submissions imap imaps pop3
syntax keyword akpService pop3s mail irc ident smb nfs ldap ldaps snmp syslog
syntax keyword akpService postgres mysql redis git rsync rdp vnc sip bgp ospf
syntax keyword akpService openvpn wireguard ipsec ike bittorrent traceroute

syntax keyword akpStatement option nextgroup=akpOption skipwhite
syntax keyword akpOption contained nat pickup drift ipv6 verrevpath lifeline
    \ nextgroup=akpValue skipwhite
syntax keyword akpValue contained divert kernel on off report repair
syntax keyword akpValue contained uncovered-ok

syntax match akpNumber /\<\d\+\(-\d\+\)\?[smh]\?\>/
syntax match akpAddress /\<\d\+\(\.\d\+\)\{3}\(\/\d\+\|-\d\+\(\.\d\+\)\{3}\)\?\>/
syntax match akpAddress /\<\x*:[0-9A-Fa-f:.]*\(\/\d\+\|-[0-9A-Fa-f:.]\+\)\?/
syntax match akpAddress /::\(\x[0-9A-Fa-f:.]*\)\?\(\/\d\+\)\?/
syntax match akpPattern /\<\h[0-9A-Za-z_.-]*\*/

syntax match akpEscape /\\["\\]/ contained
syntax region akpString start=/"/ skip=/\\["\\]/ end=/"/ oneline contains=akpEscape
syntax match akpComment /#.*$/ contains=@Spell

highlight default link akpStatement Statement
highlight default link akpVerdict Conditional
highlight default link akpProtocol Type
highlight default link akpQualifier Keyword
highlight default link akpTest Keyword
highlight default link akpSpecial Constant
highlight default link akpService Function
highlight default link akpOption Identifier
highlight default link akpValue Constant
highlight default link akpNumber Number
highlight default link akpAddress Number
highlight default link akpPattern Special
highlight default link akpEscape SpecialChar
highlight default link akpString String
highlight default link akpComment Comment

let b:current_syntax = 'akp'
